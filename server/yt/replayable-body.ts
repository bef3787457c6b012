import type { Readable } from 'node:stream'
import type { Interruption } from '@/server/storage/interruption'

/** As much of a body is kept until it is known that it arrived. */
const KEPT = 512 * 1024

/** A body that can be sent again as long as no more than its beginning has been taken from its source. */
export class ReplayableBody {
  private taken: number

  private constructor(
    private readonly head: readonly Buffer[],
    private readonly rest: AsyncIterator<unknown> | undefined,
    private readonly source: Readable,
    kept: number,
  ) {
    this.taken = kept
  }

  /** Takes the beginning. @param interruption comes when nobody waits for the body any more. */
  static async begin(source: Readable, interruption: Interruption): Promise<ReplayableBody> {
    const chunks = source[Symbol.asyncIterator]()
    const head: Buffer[] = []
    let kept = 0
    while (kept < KEPT) {
      const { done, value } = await interruption.watch(chunks.next())
      if (done) return new ReplayableBody(head, undefined, source, kept)
      head.push(asBuffer(value))
      kept += head.at(-1)?.length ?? 0
    }
    return new ReplayableBody(head, chunks, source, kept)
  }

  private isTouched = false

  /** Whether all of it can still be sent from the beginning. */
  get canReplay(): boolean {
    return !this.isTouched
  }

  /** Bytes taken from the source so far; all of them once `chunks` has ended. */
  get size(): number {
    return this.taken
  }

  /** @throws what the source throws. */
  async *chunks(): AsyncGenerator<Buffer, void> {
    yield* this.head
    if (this.rest === undefined) return
    this.isTouched = true
    for (;;) {
      const { done, value } = await this.rest.next()
      if (done) return
      const chunk = asBuffer(value)
      this.taken += chunk.length
      yield chunk
    }
  }

  destroy(): void {
    this.source.destroy()
  }
}

function asBuffer(chunk: unknown): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer)
}
