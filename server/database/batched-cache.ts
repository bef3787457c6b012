import { LRUCache } from 'lru-cache'

/** How long a value may be kept: one that can never change, one that holds until something is announced, one to be asked for again. */
type Keep = 'for_ever' | 'until_told' | 'not_at_all'

interface BatchedCacheOptions<Value> {
  /** Reads many keys with one query; a key that it leaves out is an error for those who wait for it. */
  load(keys: string[]): Promise<Map<string, Value>>
  keep(value: Value): Keep
  /** Values of each kind kept at most. */
  capacity: number
  /** Bounds what values hold in memory: what one weighs, and what all of a kind may, in bytes. */
  weigh?: { of(value: Value): number; total: number }
}

/** Bounds how long a value outlives its announcement should the connection that brings announcements be down. */
const UNTOLD_MS = 5_000
const MAX_BATCH = 500

/**
 * Look-ups by key, kept as long as they are true. One query runs at a time and carries every key that was asked for while
 * the one before it ran: under load the number of queries does not grow with the number of askers.
 */
export class BatchedCache<Value extends object> {
  readonly #options: BatchedCacheOptions<Value>
  readonly #lasting: LRUCache<string, Value>
  readonly #passing: LRUCache<string, Value>
  readonly #waiting = new Map<string, PromiseWithResolve<Value>>()
  #running = false
  /** Raised by each announcement: what was read before one, and may change, is not kept after it. */
  #told = 0
  /** Raised when anything may have changed: nothing that was read before is kept. */
  #restarted = 0

  constructor(options: BatchedCacheOptions<Value>) {
    this.#options = options
    const { capacity: max, weigh } = options
    const bounds = {
      max,
      ...(weigh && { maxSize: weigh.total, sizeCalculation: (value: Value) => weigh.of(value) + 1 }),
    }
    this.#lasting = new LRUCache(bounds)
    this.#passing = new LRUCache({ ...bounds, ttl: UNTOLD_MS })
  }

  /** The value: at once when it is kept, so that the commonest case costs no promise. */
  get(key: string): Value | Promise<Value> {
    return this.#lasting.get(key) ?? this.#passing.get(key) ?? this.#ask(key)
  }

  /** The value as it is now, read after this call whatever is kept; it is kept from then on. */
  current(key: string): Promise<Value> {
    return this.#ask(key)
  }

  /** Something changed: all that may change is read again when next asked for. */
  forgetPassing(): void {
    this.#told += 1
    this.#passing.clear()
  }

  /** Anything may have changed. */
  forgetAll(): void {
    this.forgetPassing()
    this.#restarted += 1
    this.#lasting.clear()
  }

  #ask(key: string): Promise<Value> {
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined) return waiting.promise
    const asked = promiseWithResolve<Value>()
    this.#waiting.set(key, asked)
    if (!this.#running) void this.#run()
    return asked.promise
  }

  async #run(): Promise<void> {
    this.#running = true
    // One turn of the loop lets all requests of this turn into the first query.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, MAX_BATCH)
      for (const [key] of batch) this.#waiting.delete(key)
      await this.#settle(batch)
    }
    this.#running = false
  }

  async #settle(batch: [string, PromiseWithResolve<Value>][]): Promise<void> {
    const told = this.#told
    const restarted = this.#restarted
    try {
      const values = await this.#options.load(batch.map(([key]) => key))
      for (const [key, asked] of batch) {
        const value = values.get(key)
        if (value === undefined) throw new Error(`The look-up left out ${key}.`)
        const keep = this.#options.keep(value)
        if (keep === 'for_ever' && restarted === this.#restarted) this.#lasting.set(key, value)
        if (keep === 'until_told' && told === this.#told) this.#passing.set(key, value)
        asked.resolve(value)
      }
    } catch (error) {
      for (const [, asked] of batch) asked.reject(error)
    }
  }
}

interface PromiseWithResolve<Value> {
  promise: Promise<Value>
  resolve(value: Value): void
  reject(error: unknown): void
}

function promiseWithResolve<Value>(): PromiseWithResolve<Value> {
  let resolve: (value: Value) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}
