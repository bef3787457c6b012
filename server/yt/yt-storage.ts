import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { AppError } from '@/server/errors'
import type { ByteRange, ByteSink, StorageDriver, StoredObject, WriteOptions } from '@/server/storage/driver'
import { Interruption } from '@/server/storage/interruption'
import { patient } from '@/server/storage/patient'
import { feedFrom, outside } from '@/server/storage/ranges'
import type { YtClient } from '@/server/yt/client'
import { errorIn } from '@/server/yt/exchange'
import { readFile, writeFile } from '@/server/yt/heavy'
import { ReplayableBody } from '@/server/yt/replayable-body'
import { inTransaction } from '@/server/yt/transaction'
import { child, parentOf } from '@/server/yt/ypath'
import { YT, YtError, ytFault } from '@/server/yt/yt-error'

const ATTEMPTS = 3
const KNOWN_PARENTS = 1000

/**
 * Objects as file nodes of a YTsaurus cluster, below one map node. A file is written inside a transaction, so nobody sees a
 * part of it, and nothing stays behind of a write that was cut off.
 */
export class YtStorage implements StorageDriver {
  readonly name = 'yt'
  /** Map nodes that were there: made outside of transactions, for inside they would lock their parents for one another. */
  private readonly parents = new LRUCache<string, true>({ max: KNOWN_PARENTS })

  /** @param root path of the map node; made with the first write. */
  constructor(
    private readonly client: YtClient,
    private readonly root: string,
  ) {}

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const found = await this.stat(key)
    if (found === undefined) throw absent(key)
    const { start, end } = range ?? { start: 0, end: found.size - 1 }
    if (range && (start > end || end >= found.size)) throw outside(range, found.size)
    const length = end - start + 1
    if (length <= 0) return Readable.from([])
    const parameters = { path: this.place(key), offset: start, length }
    const answer = await readFile(this.client, parameters).catch((error) => {
      throw ofStorage(error, key)
    })
    const checked = () => {
      const error = errorIn(answer)
      if (error) throw ofStorage(error, key)
    }
    return patient(answer, { stallMs: this.client.times.stall, length, checked })
  }

  async feed(key: string, sink: ByteSink, range?: ByteRange): Promise<void> {
    await feedFrom(await this.read(key, range), sink)
  }

  async write(key: string, body: Readable, { signal }: WriteOptions = {}): Promise<number> {
    const ended = new AbortController()
    const interruption = new Interruption()
    const stop = () => {
      ended.abort(new AppError('cancelled', 'The write was cancelled.'))
      interruption.interrupt(ended.signal.reason)
    }
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
    try {
      const source = await ReplayableBody.begin(body, interruption)
      return await this.writeAgain(key, source, ended.signal)
    } catch (error) {
      body.destroy()
      if (ended.signal.aborted) throw ended.signal.reason
      // A part of the path that is no map node: for a write that is no absence.
      throw isAbsent(error)
        ? new AppError('unavailable', (error as YtError).reason, { cause: error })
        : ofStorage(error, key)
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async stat(key: string): Promise<StoredObject | undefined> {
    const attributes = await this.attributesOf(key)
    if (attributes?.type !== 'file') return undefined
    const { uncompressed_data_size: size, modification_time: time } = attributes
    return { size: Number(size ?? 0), modifiedAt: new Date(String(time ?? 0)) }
  }

  async move(from: string, to: string): Promise<void> {
    if ((await this.stat(from)) === undefined) throw absent(from)
    if (from === to) return
    const work = () => this.client.move(this.place(from), this.place(to))
    await this.whenUnlocked(work).catch((error) => {
      throw ofStorage(error, from)
    })
  }

  async remove(key: string): Promise<void> {
    if ((await this.stat(key)) === undefined) return
    await this.whenUnlocked(() => this.client.remove(this.place(key))).catch((error) => {
      if (!isAbsent(error)) throw ofStorage(error, key)
    })
  }

  place(key: string): string {
    return child(this.root, ...key.split('/'))
  }

  async *list(prefix: string): AsyncIterable<string> {
    const start = prefix.replace(/\/$/, '')
    const attributes = await this.attributesOf(start)
    if (attributes?.type === 'map_node') yield* this.walk(start)
  }

  /** The cluster ends transactions that nobody pings, and with them their drafts. */
  async sweep(): Promise<number> {
    return 0
  }

  private async *walk(at: string): AsyncIterable<string> {
    const entries = await this.client.list(this.pathOf(at)).catch((error) => {
      if (isAbsent(error)) return []
      throw ofStorage(error, at)
    })
    for (const { name, type } of entries) {
      const key = at === '' ? name : `${at}/${name}`
      if (type === 'map_node') yield* this.walk(key)
      else if (type === 'file') yield key
    }
  }

  /** Empty for the root. */
  private pathOf(key: string): string {
    return key === '' ? this.root : this.place(key)
  }

  private async attributesOf(key: string): Promise<Record<string, unknown> | undefined> {
    try {
      return (await this.client.get(`${this.pathOf(key)}/@`)) as Record<string, unknown>
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw ofStorage(error, key)
    }
  }

  /** A write whose transaction was lost begins anew while its body can be sent again. */
  private async writeAgain(key: string, source: ReplayableBody, signal: AbortSignal): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.writeOnce(key, source, signal)
      } catch (error) {
        const isLost = error instanceof YtError && (error.has(YT.noTransaction) || error.isTransient)
        if (!isLost || !source.canReplay || attempt === ATTEMPTS || signal.aborted) throw error
      }
    }
  }

  private async writeOnce(key: string, source: ReplayableBody, signal: AbortSignal): Promise<number> {
    const path = this.place(key)
    await this.makeParent(path)
    await inTransaction(this.client, `Entrepôt writes ${key}`, async ({ id, lost }) => {
      const node = { path, type: 'file', recursive: true, ignore_existing: true, transaction_id: id }
      await this.whenUnlocked(() => this.client.create(node), signal)
      const parameters = { path, transaction_id: id }
      await writeFile(this.client, parameters, source, AbortSignal.any([signal, lost]))
    })
    return source.size
  }

  private async makeParent(path: string): Promise<void> {
    const parent = parentOf(path)
    if (parent === undefined || this.parents.has(parent)) return
    await this.client.create({ path: parent, type: 'map_node', recursive: true, ignore_existing: true })
    this.parents.set(parent, true)
  }

  /** Tries again while someone else holds a lock: writers of one key follow one another. */
  private async whenUnlocked(work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    const { lock, pause: first } = this.client.times
    const deadline = performance.now() + lock
    for (let wait = first; ; wait = Math.min(wait * 2, 2000)) {
      try {
        return await work()
      } catch (error) {
        const isLocked = error instanceof YtError && error.has(YT.lockConflict)
        if (!isLocked || performance.now() > deadline || signal?.aborted) throw error
      }
      await pause(wait * (0.5 + Math.random()))
    }
  }
}

function absent(key: string): AppError {
  return new AppError('not_found', `There is no object ${key}.`)
}

function isAbsent(error: unknown): boolean {
  return error instanceof YtError && error.has(YT.resolve)
}

/** The storage acts under a name of its own: what that may not is no fault of whoever asks. */
function ofStorage(error: unknown, key: string): unknown {
  if (!(error instanceof YtError)) return error
  if (isAbsent(error)) return absent(key)
  const fault = ytFault(error)
  if (!['forbidden', 'unauthenticated', 'conflict'].includes(fault.code)) return fault
  const mend = fault.code === 'conflict' ? '' : ' Look at ENTREPOT_YT_TOKEN and what its user may.'
  return new AppError('unavailable', `${fault.message}.${mend}`, { cause: error })
}
