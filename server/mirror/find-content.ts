import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import type { Notices } from '@/server/events'
import { describeContent } from '@/server/http/represent'
import type { AbsentFile, StoredFile } from '@/server/mirror/find-file'

interface Row {
  sha256: string
  id: string
  size: string
  content_type: string | null
  content_disposition: string | null
  stored_at: Date
}

/**
 * These URLs may be on the portal's own origin: nothing that somebody made us fetch may run there as a page of ours.
 */
const HEADERS = [
  ...['Cache-Control', 'public, max-age=31536000, immutable, no-transform'],
  ...['X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', "sandbox; default-src 'none'"],
]

const CAPACITY = 20_000

/** Finds stored contents of declared files by digest, whatever URI brought them; the oldest file names the type. */
export class ContentFinder {
  readonly #contents: BatchedCache<StoredFile | AbsentFile>

  readonly #stopListening: () => void

  constructor(ctx: Context, notices: Notices) {
    this.#contents = new BatchedCache({
      load: (digests) => loadContents(ctx, digests),
      keep: ({ state }) => (state === 'stored' ? 'for_ever' : 'until_told'),
      capacity: CAPACITY,
    })
    this.#stopListening = notices.on('file', (id) =>
      id === undefined ? this.#contents.forgetAll() : this.#contents.forgetPassing(),
    )
  }

  /** @param sha256 64 lower-case hexadecimal digits. */
  find(sha256: string): StoredFile | AbsentFile | Promise<StoredFile | AbsentFile> {
    return this.#contents.get(sha256)
  }

  close(): void {
    this.#stopListening()
  }
}

const LOOK_UP = `
  SELECT DISTINCT ON (sha256) sha256, id, size, content_type, content_disposition, stored_at
  FROM files WHERE sha256 = ANY($1::text[]) AND state = 'stored' ORDER BY sha256, id`

async function loadContents(ctx: Context, digests: string[]): Promise<Map<string, StoredFile | AbsentFile>> {
  const { rows } = await ctx.pool.query<Row>({ name: 'find-contents', text: LOOK_UP, values: [digests] })
  const found = new Map<string, StoredFile | AbsentFile>(
    digests.map((sha256) => [sha256, { state: 'absent', denied: null }]),
  )
  for (const { sha256, id, size, content_type, content_disposition, stored_at } of rows) {
    const representation = describeContent({
      hex: sha256,
      source: ctx.blobs.source(sha256),
      size: Number(size),
      contentType: content_type,
      contentDisposition: content_disposition,
      modifiedAt: stored_at,
      headers: HEADERS,
    })
    found.set(sha256, { state: 'stored', id, representation })
  }
  return found
}
