import { decompress } from '@cloudpss/zstd'
import { LRUCache } from 'lru-cache'
import type { Pool } from 'pg'
import type { Compressed, Encoding, RunFacts } from '@/server/apt/publish/runs'
import type { Context } from '@/server/context'
import type { Db } from '@/server/db'

/** Facts of runs and lists are small; a branch of 60,000 packages has some thousand runs. */
const FACTS = 200_000
const LISTS = 2000
/** In bytes: of runs as they are kept. */
const BYTES = 64 * 1024 * 1024
/** Apart from the others, for what is plain is soon made again, and they have to be read. */
const PLAIN_BYTES = 72 * 1024 * 1024
/** Runs read with one query. */
const BATCH = 128

interface RunRow {
  id: string
  first_name: string
  plain_size: number
  gz_size: number
  zst_size: number
}

/**
 * Runs and lists in memory, the least recently used ones leaving first. Neither ever changes, so nothing here can be out
 * of date.
 */
export class RunCache {
  readonly #pool: Pool
  readonly #facts = new LRUCache<bigint, RunFacts>({ max: FACTS })
  readonly #lists = new LRUCache<bigint, readonly bigint[]>({ max: LISTS })
  readonly #bytes = new LRUCache<string, Buffer>({
    maxSize: BYTES,
    sizeCalculation: (content) => content.length + 1,
  })
  readonly #plain = new LRUCache<bigint, Buffer>({
    maxSize: PLAIN_BYTES,
    sizeCalculation: (content) => content.length + 1,
  })

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Remembers a list that was just made. */
  keepList(id: bigint, runIds: readonly bigint[]): void {
    this.#lists.set(id, runIds)
  }

  /** Remembers a run that was just made. */
  keepRun(facts: RunFacts, content: Readonly<Record<Compressed, Buffer>>): void {
    this.#facts.set(facts.id, facts)
    this.#bytes.set(keyOf(facts.id, 'gz'), content.gz)
    this.#bytes.set(keyOf(facts.id, 'zst'), content.zst)
  }

  /** The runs of lists, in order. @throws when a list is not there. */
  async runsOf(listIds: readonly bigint[]): Promise<RunFacts[][]> {
    const lists = await this.#readLists(listIds)
    const wanted = new Set(lists.flat())
    const facts = await this.factsOf([...wanted])
    return lists.map((runIds) => runIds.map((id) => facts.get(id) as RunFacts))
  }

  /** What is known of runs, by id. */
  async factsOf(ids: readonly bigint[]): Promise<Map<bigint, RunFacts>> {
    const found = new Map<bigint, RunFacts>()
    const unknown: string[] = []
    for (const id of ids) {
      const facts = this.#facts.get(id)
      if (facts === undefined) unknown.push(String(id))
      else found.set(id, facts)
    }
    if (unknown.length === 0) return found
    const { rows } = await this.#pool.query<RunRow>({
      name: 'apt-run-facts',
      text: `SELECT id, first_name, plain_size, octet_length(gz) AS gz_size, octet_length(zst) AS zst_size
             FROM apt_runs WHERE id = ANY($1::bigint[])`,
      values: [unknown],
    })
    for (const row of rows) {
      const id = BigInt(row.id)
      const sizes = { plain: row.plain_size, gz: row.gz_size, zst: row.zst_size }
      const facts = { id, firstName: row.first_name, sizes }
      this.#facts.set(id, facts)
      found.set(id, facts)
    }
    if (rows.length < unknown.length) throw new Error('A list names runs that are not there.')
    return found
  }

  /**
   * The bytes of runs one after another, a few hundred at a time.
   * @param keep whether those that had to be read are remembered.
   */
  async *read(runs: readonly RunFacts[], encoding: Encoding, { keep = true } = {}): AsyncGenerator<Buffer> {
    for (let start = 0; start < runs.length; start += BATCH) {
      const batch = runs.slice(start, start + BATCH)
      if (encoding === 'plain') yield* this.#readPlain(batch, keep)
      else {
        const loaded = await this.#load(batch, encoding, keep)
        for (const { id } of batch) yield loaded.get(id) as Buffer
      }
    }
  }

  async *#readPlain(runs: readonly RunFacts[], keep: boolean): AsyncGenerator<Buffer> {
    // Taken now: while others are read, these may leave.
    const kept = new Map(runs.map(({ id }) => [id, this.#plain.get(id)]))
    const unknown = runs.filter(({ id }) => kept.get(id) === undefined)
    const loaded = await this.#load(unknown, 'zst', keep)
    for (const { id } of runs) {
      const known = kept.get(id)
      if (known !== undefined) {
        yield known
        continue
      }
      const content = decompress(loaded.get(id) as Buffer) as Buffer
      if (keep) this.#plain.set(id, content)
      yield content
    }
  }

  async #load(runs: readonly RunFacts[], encoding: Compressed, keep: boolean): Promise<Map<bigint, Buffer>> {
    const found = new Map<bigint, Buffer>()
    const unknown: bigint[] = []
    for (const { id } of runs) {
      const kept = this.#bytes.get(keyOf(id, encoding))
      if (kept === undefined) unknown.push(id)
      else found.set(id, kept)
    }
    if (unknown.length === 0) return found
    // As text: the driver reads every value as UTF-8, also what it asked for in binary, and bytes would not survive that.
    const { rows } = await this.#pool.query<{ id: string; content: Buffer }>({
      name: `apt-run-${encoding}`,
      text: `SELECT id, ${encoding} AS content FROM apt_runs WHERE id = ANY($1::bigint[])`,
      values: [unknown.map(String)],
    })
    if (rows.length < unknown.length) throw new Error('A list names runs that are not there.')
    for (const row of rows) {
      const id = BigInt(row.id)
      const { content } = row
      if (keep) this.#bytes.set(keyOf(id, encoding), content)
      found.set(id, content)
    }
    return found
  }

  async #readLists(ids: readonly bigint[]): Promise<(readonly bigint[])[]> {
    const unknown = ids.filter((id) => !this.#lists.has(id)).map(String)
    if (unknown.length > 0) {
      const { rows } = await this.#pool.query<{ id: string; run_ids: string[] }>({
        name: 'apt-lists',
        text: 'SELECT id, run_ids FROM apt_lists WHERE id = ANY($1::bigint[])',
        values: [unknown],
      })
      for (const row of rows) this.#lists.set(BigInt(row.id), row.run_ids.map(BigInt))
    }
    return ids.map((id) => {
      const runIds = this.#lists.get(id)
      if (runIds === undefined) throw new Error(`The list ${id} is not there.`)
      return runIds
    })
  }
}

const caches = new WeakMap<Db, RunCache>()

/** The cache of this process. */
export function runCache({ db, pool }: Context): RunCache {
  const cache = caches.get(db) ?? new RunCache(pool)
  caches.set(db, cache)
  return cache
}

function keyOf(id: bigint, encoding: Compressed): string {
  return `${encoding}/${id}`
}
