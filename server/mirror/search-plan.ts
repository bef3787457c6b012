import { type FileFilter, type FilteredFile, hasUse, stateOf } from '@/server/mirror/file-filter'
import { countWords, rarestWords, trigramsOf, type WordCounts, wordsOf } from '@/server/mirror/search-words'

/**
 * Where a search starts. Whatever it starts from, its answer is the same; only the time differs.
 *
 * `age`, `host`, `state`, `team`, `licence`, `retired` walk an index from the newest file on and stop when the page is
 * full; `text` does so over the narrow table of URIs. `words` takes all files with these words, or the whole text, from
 * the trigram index, which knows no order; without words it reads the narrow table whole.
 */
export type SearchPlan = Walk | WordSearch
interface Walk {
  by: 'age' | 'host' | 'state' | 'team' | 'licence' | 'retired' | 'text'
}
interface WordSearch {
  by: 'words'
  words: string[]
}

/** What a file must fulfil: `use` is the use that is asked for, `standing` tells stored from retired. */
export type Check = 'text' | 'host' | 'state' | 'use' | 'standing'

/** Some files drawn at random from all of them, newest first. */
export interface FileSample {
  files: readonly FilteredFile[]
  /** For how many files each of these stands. */
  share: number
}

/** What the index or table that a plan reads decides by itself. */
const decided: Record<SearchPlan['by'], readonly Check[]> = {
  age: [],
  retired: [],
  host: ['host', 'state'],
  state: ['host', 'state'],
  team: ['use'],
  licence: ['use'],
  text: ['text', 'host'],
  words: ['text', 'host'],
}

/** The checks that are left, one look-up each, in the order in which they are made: the cheapest first. */
export function checksAfter({ by }: SearchPlan, filter: FileFilter): Check[] {
  return (['text', 'host', 'state', 'use', 'standing'] as const).filter(
    (check) => isAsked(check, filter) && !decided[by].includes(check),
  )
}

function isAsked(check: Check, { team, licence, ...filter }: FileFilter): boolean {
  const asksUse = team !== undefined || licence !== undefined
  if (check === 'use') return asksUse
  // A file with an active use of that team is not retired.
  if (check === 'standing') return filter.state === 'retired' || (filter.state === 'stored' && !asksUse)
  return filter[check] !== undefined
}

/** Microseconds of one step, measured with 1,000,000 files; only their ratios matter. */
const ENTRY = { index: 0.15, narrowRow: 0.3, narrowScan: 0.18, posting: 0.025, recheck: 0.7 }
const LOOK_UP: Record<Check, number> = { text: 1.5, host: 1.5, state: 2.5, use: 3, standing: 3 }
const MAX_WORDS = 3

/** A walk that costs less than this, in microseconds, is taken without a look at the words. */
const CHEAP = 4000

/**
 * Chooses the cheapest start. The database's own choice is led by averages, and a list that ends after fifty rows is where
 * averages fail: what is rare, or frequent but old, or never occurs together, is seen in a sample.
 * @param sample of several thousand files; without one (few files) any start is quick.
 * @param need rows that fill the page.
 */
export function planSearch(filter: FileFilter, sample: FileSample | undefined, need: number): SearchPlan {
  const walks = possibleWalks(filter)
  const [first = { by: 'age' }] = walks
  if (!sample) return first
  const question = { files: sample.files.map((file) => factsOf(file, filter)), share: sample.share, need }
  const walked = cheapest(walks, (plan) => walkCost(plan, filter, question))
  if (filter.text === undefined || walked.cost < CHEAP) return walked.plan
  const counts = countWords(sample)
  const jumped = cheapest(wordPlans(filter.text, counts), (plan) =>
    wordCost(plan, filter, { ...question, counts }),
  )
  return jumped.cost < walked.cost ? jumped.plan : walked.plan
}

function cheapest<Plan extends SearchPlan>(
  plans: Plan[],
  costOf: (plan: Plan) => number,
): { plan: Plan; cost: number } {
  const [best] = plans
    .map((plan) => ({ plan, cost: costOf(plan) }))
    .sort((one, other) => one.cost - other.cost)
  if (!best) throw new Error('there is always a way to search')
  return best
}

/** Every start that this filter allows, the usually best one first. */
export function possiblePlans(
  filter: FileFilter,
  sample: FileSample = { files: [], share: 1 },
): SearchPlan[] {
  const words = filter.text === undefined ? [] : wordPlans(filter.text, countWords(sample))
  return [...possibleWalks(filter), ...words]
}

function possibleWalks({ text, state, team, licence, host }: FileFilter): Walk[] {
  const walks: Walk[] = []
  if (team !== undefined) walks.push({ by: 'team' })
  if (licence !== undefined) walks.push({ by: 'licence' })
  if (host !== undefined) walks.push({ by: 'host' })
  if (state !== undefined) walks.push({ by: state === 'retired' ? 'retired' : 'state' })
  walks.push({ by: text === undefined ? 'age' : 'text' })
  return walks
}

/** The trigram index pays per trigram, so it is worth asking it for the rarest words alone. */
function wordPlans(text: string, counts: WordCounts): WordSearch[] {
  const rarest = rarestWords(text, counts, MAX_WORDS)
  const choices = [[], ...rarest.map((_, place) => rarest.slice(0, place + 1))]
  if (!rarest.includes(text) && trigramsOf(text) > 0) choices.push([text])
  return choices.map((words) => ({ by: 'words', words }))
}

type Facts = Record<Check | 'team' | 'licence' | 'former' | 'young', boolean>

/** Only what is asked for is found out: this runs for every file of the sample. */
function factsOf(file: FilteredFile, filter: FileFilter): Facts {
  const { text, host, state, team, licence, before } = filter
  const former = state === 'retired'
  const active = state === undefined ? 0 : file.uses.filter((use) => use.isActive).length
  return {
    young: before !== undefined && file.id >= before,
    text: text === undefined || file.text.includes(text),
    host: host === undefined || file.host === host,
    state: state === undefined || file.state === (former ? 'stored' : state),
    standing: state === undefined || stateOf(file, active) === state,
    use: (team === undefined && licence === undefined) || hasUse(file, filter),
    team: team !== undefined && hasUse(file, { team, state }),
    licence: licence !== undefined && hasUse(file, { licence, state }),
    former: former && active < file.uses.length,
  }
}

interface Question {
  files: readonly Facts[]
  share: number
  need: number
}

/** The cost of the whole walk, times the part of it after which the page is likely to be full. */
function walkCost(plan: Walk, filter: FileFilter, { files, share, need }: Question): number {
  const checks = checksAfter(plan, filter)
  const entry = plan.by === 'text' ? ENTRY.narrowRow * (filter.host === undefined ? 1 : 2) : ENTRY.index
  // Not seen in the sample is not absent.
  let [cost, read, found, newest] = [entry / 2, 0, 0, 0]
  for (const facts of files) {
    if (facts.young || !isRead(plan, facts)) continue
    read += 1
    cost += entry
    if (!decided[plan.by].every((check) => facts[check])) continue
    cost += lookUps(checks, facts)
    if (!checks.every((check) => facts[check])) continue
    found += 1
    if (found === 1) newest = read
  }
  if (found === 0) return cost * share
  // Evenly spread matches fill the page early; where even the newest one lies late, all before it must be read.
  const lag = Math.max(0, newest / read - 2.5 / (found + 1))
  return cost * share * Math.min(1, need / (found * share) + lag)
}

/** Words come without order, so every file that has them is looked at. */
function wordCost(
  { words, by }: WordSearch,
  filter: FileFilter,
  question: Question & { counts: WordCounts },
): number {
  const { files, share, counts } = question
  const checks = checksAfter({ by, words }, filter)
  const hits = files.filter((facts) => !facts.young && facts.text && facts.host)
  const looked = share * hits.reduce((sum, facts) => sum + lookUps(checks, facts), 0)
  if (words.length === 0) return files.length * share * ENTRY.narrowScan + looked
  // Trigrams of digits alone are in about every fifth URI.
  const rarest = Math.min(files.length / 5, ...words.flatMap(wordsOf).map((word) => counts([word])))
  const trigrams = words.reduce((sum, word) => sum + trigramsOf(word), 0)
  const postings = share * Math.max(rarest, 0.5) * trigrams
  return postings * ENTRY.posting + share * Math.max(counts(words), 0.5) * ENTRY.recheck + looked
}

/** Look-ups end at the first check that fails; `text` and `host` are one. */
function lookUps(checks: readonly Check[], facts: Facts): number {
  let cost = 0
  for (const check of checks) {
    if (check !== 'host' || !checks.includes('text')) cost += LOOK_UP[check]
    if (!facts[check]) break
  }
  return cost
}

/** Whether the index or table that the plan reads holds the file. */
function isRead({ by }: Walk, facts: Facts): boolean {
  if (by === 'age' || by === 'text') return true
  return facts[by === 'retired' ? 'former' : by]
}
