import { AppError } from '@/server/errors'

interface Waiting {
  keys: readonly string[]
  start: () => void
}

/** Changes that may run at one time: each takes two connections of the pool. */
const AT_ONCE = 4

/**
 * Lets one change at a time at each branch, in the order of arrival, and few at a time at all: those that wait hold no
 * connection. What other processes do is kept apart by the rows' locks.
 */
export class BranchQueue {
  readonly #busy = new Set<string>()
  readonly #waiting: Waiting[] = []
  #running = 0

  /**
   * @param keys what the work needs for itself.
   * @param wait whether it may be queued.
   * @throws AppError `conflict` when something is busy that it may not wait for.
   */
  async run<Result>(keys: readonly string[], wait: boolean, work: () => Promise<Result>): Promise<Result> {
    const free = this.#running < AT_ONCE && this.#isFree(keys)
    if (!free && !wait) throw busy()
    if (free) this.#take(keys)
    else await new Promise<void>((start) => this.#waiting.push({ keys, start }))
    try {
      return await work()
    } finally {
      this.#running -= 1
      for (const key of keys) this.#busy.delete(key)
      this.#startNext()
    }
  }

  /** Whoever came first is served first, also where the one before waits for something else. */
  #isFree(keys: readonly string[]): boolean {
    const wanted = (key: string) => this.#busy.has(key) || this.#waiting.some((one) => one.keys.includes(key))
    return !keys.some(wanted)
  }

  #take(keys: readonly string[]): void {
    this.#running += 1
    for (const key of keys) this.#busy.add(key)
  }

  #startNext(): void {
    const blocked = new Set(this.#busy)
    for (let index = 0; index < this.#waiting.length && this.#running < AT_ONCE; ) {
      const { keys, start } = this.#waiting[index] as Waiting
      const isFree = !keys.some((key) => blocked.has(key))
      for (const key of keys) blocked.add(key)
      if (isFree) {
        this.#waiting.splice(index, 1)
        this.#take(keys)
        start()
      } else index += 1
    }
  }
}

/** The sentence for whoever did not want to wait. */
export function busy(): AppError {
  return new AppError('conflict', 'Another change of this branch is under way.', { retryAfter: 1 })
}
