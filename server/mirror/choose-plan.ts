import type { Context } from '@/server/context'
import type { FileFilter } from '@/server/mirror/file-filter'
import { sampleFiles } from '@/server/mirror/sample-files'
import { planSearch, type SearchPlan } from '@/server/mirror/search-plan'

/**
 * How to search for what this filter asks.
 * @param need rows that fill the page.
 */
export async function choosePlan(ctx: Context, filter: FileFilter, need: number): Promise<SearchPlan> {
  const sample = sampleFiles(ctx)
  if (!isPlain(filter)) return planSearch(filter, await sample, need)
  // Nothing to choose, so nobody waits; the first such list of a process has the sample drawn for the searches that follow.
  sample.catch((error) => ctx.log.warn({ err: error }, 'no sample of the files could be drawn'))
  return planSearch(filter, undefined, need)
}

/** One condition at most, which an index answers in order. */
function isPlain({ text, team, licence, host, state }: FileFilter): boolean {
  return text === undefined && [team, licence, host, state].filter((value) => value !== undefined).length <= 1
}
