import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildDeb } from '@/test/support/debs'

const SYLLABLES =
  'al an ar bel cor den dra el fen gar hal in ka lor mar nel or pel qua ran sol tem ul ver wen xi yor zan'
const WORDS =
  'a access all allows also and any applications are as at based be both build by can client code command common ' +
  'configuration contains control data default development different documentation each easy environment extension fast ' +
  'features file files for format from functions graphical has header help implementation in including information ' +
  'interface into is it its language large library like line linux list main manage many message module modules more most ' +
  'multiple network new not number object of on one only open options or other output package packages parser perform ' +
  'platform plugin process program programming programs project protocol provides python read remote routines runtime ' +
  'script server set several shared simple small software source standard static support supports system text that the ' +
  'this to tool tools toolkit type use used useful user users uses using utilities utility various version was web well ' +
  'which window with without write written xml you your'
const SECTIONS = ['admin', 'devel', 'doc', 'libs', 'libdevel', 'net', 'perl', 'python', 'utils', 'web']

export interface CorpusPackage {
  name: string
  version: string
  architecture: 'amd64' | 'all'
}

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = (seed * 2_654_435_761 + 1) >>> 0; ; ) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    yield state
  }
}

const syllables = SYLLABLES.split(' ')
const words = WORDS.split(' ')

/** @param place from 0; another place is another package, with a name anywhere in the alphabet. */
export function corpusPackage(place: number): CorpusPackage {
  const next = numbers(place + 1)
  const pick = (from: readonly string[]) => from[next.next().value % from.length] as string
  const stem = `${pick(syllables)}${pick(syllables)}${place.toString(36)}`
  const name = [stem, `lib${stem}-dev`, `python3-${stem}`, `${stem}-data`, `lib${stem}`][place % 5] as string
  const version = `${next.next().value % 9}.${next.next().value % 30}.${next.next().value % 12}-${1 + (place % 4)}`
  return { name, version, architecture: place % 10 === 0 ? 'all' : 'amd64' }
}

/**
 * Writes packages as a distribution has them, but for their contents, which are small: 700 to 900 bytes of stanza each,
 * with dependencies on one another and a description of some lines.
 */
export async function writeCorpus(directory: string, from: number, to: number): Promise<CorpusPackage[]> {
  await mkdir(directory, { recursive: true })
  const written: CorpusPackage[] = []
  for (let place = from; place < to; place += 1) {
    const one = corpusPackage(place)
    const { file, bytes } = buildDeb({ ...one, ...describe(place, one) })
    await writeFile(join(directory, file), bytes)
    written.push(one)
  }
  return written
}

function describe(place: number, { name }: CorpusPackage) {
  const next = numbers(place + 7_000_003)
  const some = (least: number, most: number) => least + (next.next().value % (most - least + 1))
  const sentence = (count: number) =>
    Array.from({ length: count }, () => words[next.next().value % words.length]).join(' ')
  const depends = Array.from({ length: some(2, 6) }, () => {
    const other = corpusPackage(next.next().value % 60_000)
    return next.next().value % 2 === 0 ? `${other.name} (>= ${other.version})` : other.name
  })
  return {
    section: SECTIONS[place % SECTIONS.length] as string,
    depends: ['libc6 (>= 2.34)', ...depends].join(', '),
    description: [sentence(7), ...Array.from({ length: some(2, 4) }, () => sentence(11))].join('\n'),
    fields: { 'Multi-Arch': 'same', Homepage: `https://${name}.example.org/projects/${name}` },
  }
}
