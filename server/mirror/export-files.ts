import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { type CsvCell, csvLine } from '@/server/http/csv'
import { listFiles } from '@/server/mirror/list-files'
import type { FileQuery, FileSummary } from '@/server/mirror/schema'

/** Rows of one export; a list that is longer is cut off, and says so in its last line. */
const MAX_EXPORTED = 50_000
const PAGE = 500

const columns: Record<string, (file: FileSummary) => CsvCell> = {
  url: (file) => file.uri,
  state: (file) => file.state,
  teams: (file) => file.teams.join(' '),
  reason: (file) => file.reason,
  licence: (file) => file.licence,
  size: (file) => file.size,
  sha256: (file) => file.sha256,
  origin: (file) => file.origin,
  error: (file) => file.error,
  declared: (file) => file.createdAt,
  stored: (file) => file.storedAt,
  id: (file) => file.id,
}

/**
 * The filtered list as CSV, newest first, read page by page as fast as the client takes it.
 * @throws AppError `forbidden` before the first byte.
 */
export function exportFiles(
  ctx: Context,
  actor: Actor,
  filter: Omit<FileQuery, 'limit' | 'cursor'>,
): ReadableStream<Uint8Array> {
  authorise(actor, 'file.read')
  const encoder = new TextEncoder()
  let cursor: string | undefined
  let rows = 0
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(csvLine(Object.keys(columns)))),
    async pull(controller) {
      const { items, nextCursor } = await listFiles(ctx, actor, { ...filter, limit: PAGE, cursor })
      rows += items.length
      cursor = nextCursor ?? undefined
      const lines = items.map((file) => csvLine(Object.values(columns).map((cell) => cell(file))))
      const isCut = cursor !== undefined && rows >= MAX_EXPORTED
      if (isCut)
        lines.push(csvLine([`Only the first ${MAX_EXPORTED} files are exported. Narrow the filter.`]))
      if (lines.length > 0) controller.enqueue(encoder.encode(lines.join('')))
      if (cursor === undefined || isCut) controller.close()
    },
  })
}
