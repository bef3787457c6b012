/**
 * Lets work on one thing be done once at a time in this process, and once more for all who asked meanwhile: whoever asks
 * waits for work that began after they asked.
 */
export class LatestOnly<Result> {
  private readonly running = new Map<string, Promise<unknown>>()
  private readonly waiting = new Map<string, Promise<Result>>()

  run(key: string, work: () => Promise<Result>): Promise<Result> {
    const waiting = this.waiting.get(key)
    if (waiting) return waiting
    const before = this.running.get(key)
    if (before === undefined) return this.start(key, work)
    const next = before.then(
      () => this.startWaiting(key, work),
      () => this.startWaiting(key, work),
    )
    this.waiting.set(key, next)
    return next
  }

  private startWaiting(key: string, work: () => Promise<Result>): Promise<Result> {
    this.waiting.delete(key)
    return this.start(key, work)
  }

  private start(key: string, work: () => Promise<Result>): Promise<Result> {
    const result = work().finally(() => {
      if (this.running.get(key) === result) this.running.delete(key)
    })
    this.running.set(key, result)
    return result
  }
}
