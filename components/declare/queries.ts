import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { type Check, lineFaults, marksOf } from '@/components/declare/check'
import { filesOf, type Line } from '@/components/declare/lines'
import { ApiError, unwrap } from '@/server/api/client'
import type { FileDetail, FileInput, FilesInput } from '@/server/mirror/schema'

/** Nothing is saved by a dry run, so the reason that is not written yet may be this. */
const UNWRITTEN = 'Not written yet'

/** For whom the lines are checked; a team may use a file once for each of its projects. */
export interface Checked {
  team: string | undefined
  project: string
}

/** What declaring these lines would do, line by line. */
export const lineCheck = (lines: readonly Line[], { team, project }: Checked) =>
  queryOptions({
    queryKey: ['declare', 'check', filesOf(lines), team, project] as const,
    queryFn: ({ signal }) => checkLines(lines, { team, project }, signal),
    enabled: lines.length > 0 && team !== undefined,
    staleTime: 10_000,
  })

/** One refusal hides what the good lines would do, so these are asked for alone. */
async function checkLines(lines: readonly Line[], checked: Checked, signal: AbortSignal): Promise<Check> {
  const first = await tryOut(lines, checked, signal)
  if ('items' in first) return { marks: marksOf(lines.length, new Map(), first.items) }
  const faults = lineFaults(first.fields)
  // A refusal that names no line concerns them all: it is the query's error.
  if (faults.size === 0) throw first
  const good = lines.filter((_, index) => !faults.has(index))
  const second = good.length === 0 ? undefined : await tryOut(good, checked, signal)
  return { marks: marksOf(lines.length, faults, second && 'items' in second ? second.items : undefined) }
}

async function tryOut(lines: readonly Line[], { team = '', project }: Checked, signal: AbortSignal) {
  const json = { files: filesOf(lines), reason: UNWRITTEN, team, project }
  try {
    return await unwrap(api.files.batch.$post({ json, query: { dryRun: 'true' } }, { init: { signal } }))
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return error
    throw error
  }
}

export const declareFile = (json: FileInput): Promise<FileDetail> =>
  unwrap(api.files.$post({ json, query: {} }))

export const declareFiles = (json: FilesInput) => unwrap(api.files.batch.$post({ json, query: {} }))
