/**
 * Something that may end long work at any time. Unlike a promise in `Promise.race`, it keeps nothing of the many short
 * waits that it has watched: a race would hold every chunk of a body until the whole work is over.
 */
export class Interruption {
  private readonly waiting = new Set<(reason: unknown) => void>()
  private reason: { is: unknown } | undefined

  /** Ends the waits there are, and those to come. Only the first reason counts. */
  interrupt(reason: unknown): void {
    if (this.reason) return
    this.reason = { is: reason }
    for (const end of this.waiting) end(reason)
    this.waiting.clear()
  }

  /** What the work gives. @throws the reason of the interruption, should that come first. */
  watch<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.reason) {
        work.catch(() => undefined)
        return reject(this.reason.is)
      }
      this.waiting.add(reject)
      work.then(resolve, reject).finally(() => this.waiting.delete(reject))
    })
  }
}
