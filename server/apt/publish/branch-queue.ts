import { AppError } from '@/server/errors'

interface Waiting<Job> {
  keys: readonly string[]
  job: Job
  /** Those of one group that want the same may be done together. */
  group: string | undefined
}

interface Adding {
  /** Whether it may be queued behind those that want the same; behind others it always is. */
  wait: boolean
  group?: string | undefined
}

/** Changes that may run at one time: each takes two connections of the pool. */
const AT_ONCE = 4
/** Jobs done together at most: what comes first must not wait for all who come after it. */
const TOGETHER = 50

/**
 * Lets one change at a time at each branch, in the order of arrival, and few at a time at all: those that wait hold no
 * connection. Those that wait for the same branches are done together, so that many cost little more than one. What other
 * processes do is kept apart by the rows' locks.
 */
export class BranchQueue<Job> {
  readonly #execute: (jobs: readonly Job[]) => Promise<void>
  readonly #busy = new Set<string>()
  readonly #waiting: Waiting<Job>[] = []
  #running = 0

  /** @param execute does jobs that want the same; it settles them itself, and never rejects. */
  constructor(execute: (jobs: readonly Job[]) => Promise<void>) {
    this.#execute = execute
  }

  /**
   * Has a job done, now or in its turn.
   * @param keys what it needs for itself.
   * @throws AppError `conflict` when something is busy that it may not wait for.
   */
  add(keys: readonly string[], job: Job, { wait, group }: Adding): void {
    const isFree = this.#isFree(keys)
    if (this.#running < AT_ONCE && isFree) this.#start(keys, [job])
    else if (wait || isFree) this.#waiting.push({ keys, job, group })
    else throw busy()
  }

  /** Whoever came first is served first, also where the one before waits for something else. */
  #isFree(keys: readonly string[]): boolean {
    const isWanted = (key: string) =>
      this.#busy.has(key) || this.#waiting.some((one) => one.keys.includes(key))
    return !keys.some(isWanted)
  }

  #start(keys: readonly string[], jobs: readonly Job[]): void {
    this.#running += 1
    for (const key of keys) this.#busy.add(key)
    void this.#execute(jobs).finally(() => {
      this.#running -= 1
      for (const key of keys) this.#busy.delete(key)
      this.#startNext()
    })
  }

  #startNext(): void {
    const blocked = new Set(this.#busy)
    for (let index = 0; index < this.#waiting.length && this.#running < AT_ONCE; ) {
      const next = this.#waiting[index] as Waiting<Job>
      const isFree = !next.keys.some((key) => blocked.has(key))
      for (const key of next.keys) blocked.add(key)
      if (isFree) this.#start(next.keys, this.#take(index, next))
      else index += 1
    }
  }

  /** Takes a job out of those that wait, with all that can be done together with it. */
  #take(index: number, next: Waiting<Job>): Job[] {
    const [first] = this.#waiting.splice(index, 1)
    const jobs = first === undefined ? [] : [first.job]
    if (next.group === undefined) return jobs
    const wanted = next.keys.join('\n')
    for (let other = index; other < this.#waiting.length && jobs.length < TOGETHER; ) {
      const { keys, group, job } = this.#waiting[other] as Waiting<Job>
      if (group === next.group && keys.join('\n') === wanted) {
        this.#waiting.splice(other, 1)
        jobs.push(job)
      } else other += 1
    }
    return jobs
  }
}

/** The sentence for whoever did not want to wait. */
export function busy(): AppError {
  return new AppError('conflict', 'Another change of this branch is under way.', { retryAfter: 1 })
}
