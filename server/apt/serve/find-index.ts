import { Readable } from 'node:stream'
import { LRUCache } from 'lru-cache'
import { runCache } from '@/server/apt/publish/run-cache'
import { type Encoding, joinRuns, type RunFacts } from '@/server/apt/publish/runs'
import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import { describeContent, type Representation } from '@/server/http/represent'
import type { ByteRange } from '@/server/storage/driver'
import type { ByteSource } from '@/server/storage/source'

/** An index file by its digest. */
export interface ServedIndex {
  state: 'known'
  encoding: Encoding
  listIds: bigint[]
  size: number
  sha256: string
}

interface Absent {
  state: 'absent'
}

interface Row {
  repository_id: string
  sha256: string
  encoding: Encoding
  list_ids: string[]
  size: string
}

const CAPACITY = 20_000
/** Whole files kept in memory, in bytes: those that clients ask for over and over. */
const WHOLE = 64 * 1024 * 1024
/** A file that is larger, in bytes, is never whole in memory. */
const LARGE = 16 * 1024 * 1024

const TYPES: Record<Encoding, string> = {
  plain: 'text/plain; charset=utf-8',
  gz: 'application/gzip',
  zst: 'application/zstd',
}

/**
 * Finds index files by the digest that a Release gives, and puts their bytes together out of runs. What a digest means never changes;
 * what it is made of does, where it was forgotten with its snapshot and is published again.
 */
export class IndexFinder {
  readonly #ctx: Context
  readonly #indexes: BatchedCache<ServedIndex | Absent>
  readonly #whole = new LRUCache<string, Buffer>({
    maxSize: WHOLE,
    sizeCalculation: (content) => content.length + 1,
  })
  readonly #joining = new Map<string, Promise<Buffer>>()

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#indexes = new BatchedCache({
      load: (keys) => loadIndexes(ctx, keys),
      keep: ({ state }) => (state === 'known' ? ('until_told' as const) : ('not_at_all' as const)),
      capacity: CAPACITY,
    })
  }

  /** @param sha256 64 lower-case hexadecimal digits. */
  find(repositoryId: string, sha256: string) {
    return this.#indexes.get(`${repositoryId} ${sha256}`)
  }

  /** The file, if it is in memory. */
  kept({ sha256 }: ServedIndex): Buffer | undefined {
    return this.#whole.get(sha256)
  }

  /** The bytes of a large file, put together as they are asked for; undefined for one that is small enough to be loaded. */
  large(index: ServedIndex): ByteSource | undefined {
    if (index.size <= LARGE) return undefined
    return {
      read: async (range) => Readable.from(this.#parts(index, range), { objectMode: false }),
      feed: async (sink, range) => {
        for await (const part of this.#parts(index, range)) await sink(part)
      },
    }
  }

  async *#parts(index: ServedIndex, range?: ByteRange): AsyncGenerator<Buffer> {
    try {
      yield* this.#read(index, range)
    } catch (error) {
      this.#indexes.forgetAll()
      throw error
    }
  }

  async *#read({ encoding, listIds, size }: ServedIndex, range?: ByteRange): AsyncGenerator<Buffer> {
    const { start, end } = range ?? { start: 0, end: size - 1 }
    const cache = runCache(this.#ctx)
    const runs: RunFacts[] = []
    let place = 0
    let first = 0
    for (const run of joinRuns(await cache.runsOf(listIds))) {
      const next = place + run.sizes[encoding]
      if (next <= start) first = next
      else if (place <= end) runs.push(run)
      place = next
    }
    place = first
    for await (const part of cache.read(runs, encoding, { keep: false })) {
      yield part.subarray(Math.max(0, start - place), end + 1 - place)
      place += part.length
    }
  }

  /** The file, put together now unless it is in memory; those who ask at the same time share one reading. */
  async load(index: ServedIndex): Promise<Buffer> {
    const { sha256 } = index
    const kept = this.#whole.get(sha256)
    if (kept !== undefined) return kept
    const joining = this.#joining.get(sha256) ?? this.#join(index)
    this.#joining.set(sha256, joining)
    return joining
  }

  async #join({ sha256, encoding, listIds, size }: ServedIndex): Promise<Buffer> {
    try {
      const cache = runCache(this.#ctx)
      const runs = joinRuns(await cache.runsOf(listIds))
      // The whole is kept: its parts would be kept twice.
      const content = Buffer.allocUnsafe(size)
      let filled = 0
      for await (const part of cache.read(runs, encoding, { keep: false })) {
        filled += part.copy(content, filled)
      }
      if (filled !== size) throw new Error(`The index ${sha256} has ${filled} bytes instead of ${size}.`)
      this.#whole.set(sha256, content)
      return content
    } catch (error) {
      // Snapshots may have been forgotten with these runs, and the same file made anew of others.
      this.#indexes.forgetAll()
      throw error
    } finally {
      this.#joining.delete(sha256)
    }
  }
}

/** An index as a URL presents it. */
export function describeIndex(
  { sha256, size, encoding }: ServedIndex,
  source: ByteSource,
  modifiedAt: Date,
  headers: readonly string[],
): Representation {
  return describeContent({
    ...{ hex: sha256, size, modifiedAt, headers, contentDisposition: null },
    ...{ contentType: TYPES[encoding], source },
  })
}

async function loadIndexes({ pool }: Context, keys: string[]): Promise<Map<string, ServedIndex | Absent>> {
  const parts = keys.map((key) => key.split(' '))
  const { rows } = await pool.query<Row>({
    name: 'apt-served-indexes',
    text: `
      SELECT i.repository_id, i.sha256, i.encoding, i.list_ids, i.size
      FROM unnest($1::uuid[], $2::text[]) AS asked (repository_id, sha256)
      JOIN apt_index_contents i USING (repository_id, sha256)`,
    values: [parts.map(([id]) => id), parts.map(([, sha256]) => sha256)],
  })
  const found = new Map<string, ServedIndex | Absent>(keys.map((key) => [key, { state: 'absent' }]))
  for (const { repository_id, sha256, encoding, list_ids, size } of rows) {
    const index = { encoding, sha256, size: Number(size), listIds: list_ids.map(BigInt) }
    found.set(`${repository_id} ${sha256}`, { state: 'known', ...index })
  }
  return found
}
