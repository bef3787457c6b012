import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import type { Notices } from '@/server/events'
import { describeContent, type Representation } from '@/server/http/represent'

export interface StoredFile {
  state: 'stored'
  id: string
  representation: Representation
}

/** Declared, but there are no bytes yet. */
interface WaitingFile {
  state: 'pending' | 'fetching' | 'failed'
  id: string
  error: string | null
  nextAttemptAt: Date | null
}

export interface AbsentFile {
  state: 'absent'
  /** Why an administrator refuses this host, if one does. */
  denied: string | null
}

export type FoundFile = StoredFile | WaitingFile | AbsentFile

interface Row {
  uri: string
  id: string | null
  state: 'pending' | 'fetching' | 'stored' | 'failed' | null
  sha256: string | null
  /** PostgreSQL's driver gives eight-byte integers as text. */
  size: string | null
  content_type: string | null
  content_disposition: string | null
  modified_at: Date | null
  error: string | null
  next_attempt_at: Date | null
  denied: string | null
}

/** A representation with its headers takes a little over a kilobyte. */
const CAPACITY = 20_000

/**
 * Finds the file that a URI is declared as. What is stored never changes, so it is kept until the process forgets it; all
 * else is kept until the next notice of topic `file`, which every change of files and of host rules sends.
 */
export class FileFinder {
  readonly #files: BatchedCache<FoundFile>
  readonly #stopListening: () => void

  constructor(ctx: Context, notices: Notices) {
    this.#files = new BatchedCache({
      load: (uris) => loadFiles(ctx, uris),
      keep: ({ state }) => (state === 'stored' ? 'for_ever' : 'until_told'),
      capacity: CAPACITY,
    })
    // Without an id notices may have been lost, a restored database among them.
    this.#stopListening = notices.on('file', (id) =>
      id === undefined ? this.#files.forgetAll() : this.#files.forgetPassing(),
    )
  }

  /** @param uri in normal form (parseUri). */
  find(uri: string): FoundFile | Promise<FoundFile> {
    return this.#files.get(uri)
  }

  close(): void {
    this.#stopListening()
  }
}

const LOOK_UP = `
  SELECT asked.uri, files.id, files.state, files.sha256, files.size, files.content_type, files.content_disposition,
    coalesce(files.upstream_modified_at, files.stored_at) AS modified_at, files.error, files.next_attempt_at,
    (SELECT reason FROM host_rules WHERE host IN (asked.host, asked.name) AND action = 'deny' LIMIT 1) AS denied
  FROM unnest($1::text[], $2::text[], $3::text[]) AS asked(uri, host, name)
  LEFT JOIN files ON files.uri = asked.uri`

/** Straight to the driver with a prepared statement: this is what every first request for a URL waits for. */
async function loadFiles(ctx: Context, uris: string[]): Promise<Map<string, FoundFile>> {
  const places = uris.map((uri) => new URL(uri))
  const values = [uris, places.map(({ host }) => host), places.map(({ hostname }) => hostname)]
  const { rows } = await ctx.pool.query<Row>({ name: 'find-files', text: LOOK_UP, values })
  return new Map(rows.map((row) => [row.uri, foundFile(ctx, row)]))
}

function foundFile(ctx: Context, row: Row): FoundFile {
  if (row.id === null || row.state === null) return { state: 'absent', denied: row.denied }
  if (row.state !== 'stored') {
    return { state: row.state, id: row.id, error: row.error, nextAttemptAt: row.next_attempt_at }
  }
  return {
    state: 'stored',
    id: row.id,
    representation: describeContent({
      hex: row.sha256 as string,
      source: ctx.blobs.source(row.sha256 as string),
      size: Number(row.size),
      contentType: row.content_type,
      contentDisposition: row.content_disposition,
      modifiedAt: row.modified_at as Date,
    }),
  }
}
