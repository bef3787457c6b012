import type { Logger } from '@/server/logger'

const INTERVAL_MS = 1_000

/**
 * Brings what was gathered in memory into the database at most once a second, never twice at a time, and not at all while
 * nothing was gathered.
 */
export class PeriodicFlush {
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  /** @param write settles when all that was gathered is written; what it could not write it keeps, and throws. */
  constructor(
    private readonly write: () => Promise<void>,
    private readonly log: Logger,
  ) {}

  /** Something was gathered: it will be written within a second. */
  due(): void {
    this.#timer ??= setTimeout(() => void this.now(), INTERVAL_MS).unref()
  }

  /** Writes at once. A failure is logged and tried again a second later. */
  now(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(this.write).catch((error) => {
      this.log.warn({ err: error }, 'what was counted could not be written yet')
      this.due()
    })
    return this.#flushing
  }
}
