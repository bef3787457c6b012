import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@/server/errors'
import type { UpstreamAgent } from '@/server/mirror/upstream-agent'
import { connectionFault, mayPass } from '@/server/mirror/upstream-fault'
import { type Answer, askUpstream } from '@/server/mirror/upstream-request'
import { continues, field, type Representation } from '@/server/mirror/upstream-response'

export interface Download {
  agent: UpstreamAgent
  /** The answer with status 200; closed when the body has been read, and when it is left. */
  answer: Answer
  representation: Representation
  signal: AbortSignal
  stallSeconds: number
  /**
   * The bytes are known by their digest and will be checked against it: the rest may be asked for without a validator.
   */
  provesItself?: boolean
  /** Asks for the rest; the place that answered last is asked unless told. */
  again?: (headers: Record<string, string>) => Promise<Answer>
  /** Told before a broken transfer goes on: the fault, and the byte it goes on from. */
  onResume?: (fault: AppError, done: number) => Promise<void>
}

/** A transfer that breaks this often without getting on is left for the next attempt. */
const MAX_FRUITLESS = 5
/** What counts as getting on, in bytes. */
const FRUIT = 1024 ** 2
const FIRST_PAUSE_MS = 50

/**
 * The bytes of a file, from its first to its last, in the upstream's chunks. When the connection breaks and the upstream
 * gave a validator, it goes on by a range request under If-Range, so that the reader notices nothing. Ends only when all
 * announced bytes came, and no more.
 * @throws AppError as `connectionFault`; `upstream_unreachable` when the rest is no longer of the same file;
 *   `upstream_refused` when more bytes came than announced; the signal's reason.
 */
export async function* fetchBody(download: Download): AsyncGenerator<Buffer, void, undefined> {
  const progress = new Progress(download)
  try {
    for (;;) {
      const chunk = await progress.next()
      if (chunk === undefined) return
      yield chunk
    }
  } finally {
    progress.close()
  }
}

class Progress {
  private done = 0
  private fruitless = 0
  private resumedAt = 0
  private answer: Answer
  private chunks: AsyncIterator<Buffer>

  constructor(private readonly download: Download) {
    this.answer = download.answer
    this.chunks = this.answer.body[Symbol.asyncIterator]()
  }

  async next(): Promise<Buffer | undefined> {
    for (;;) {
      try {
        const { value, done } = await this.chunks.next()
        if (!done) {
          this.done += value.length
          return value
        }
        await this.checkEnd()
        return undefined
      } catch (error) {
        await this.resumeAfter(this.fault(error))
      }
    }
  }

  close(): void {
    this.answer.close()
  }

  private get total(): number | null {
    return this.download.representation.size
  }

  private async checkEnd(): Promise<void> {
    const { wire, uri } = this.answer
    if (this.total === null) {
      if (wire?.error) throw wire.error
      return
    }
    if (await wire?.sentMore()) {
      throw new AppError('upstream_refused', `${uri.host} announced ${this.total} bytes but sent more.`)
    }
  }

  private fault(error: unknown): AppError {
    const { signal, stallSeconds } = this.download
    if (signal.aborted) throw signal.reason
    return connectionFault(error, {
      host: this.answer.uri.host,
      stallSeconds,
      done: this.done,
      total: this.total,
    })
  }

  private async resumeAfter(fault: AppError): Promise<void> {
    const { representation, signal, onResume, provesItself } = this.download
    const canResume = representation.validator !== null || provesItself === true
    this.answer.close()
    if (this.done - this.resumedAt >= FRUIT) this.fruitless = 0
    this.resumedAt = this.done
    let last = fault
    while (mayPass(last) && canResume && this.done > 0 && this.fruitless < MAX_FRUITLESS) {
      await onResume?.(last, this.done)
      await pause(FIRST_PAUSE_MS * 2 ** this.fruitless, undefined, { signal })
      this.fruitless += 1
      try {
        return await this.resume()
      } catch (error) {
        last = this.fault(error)
        if (last.detail.changed) break
      }
    }
    throw last
  }

  private async resume(): Promise<void> {
    const { agent, representation, signal, stallSeconds, provesItself, again } = this.download
    const { validator } = representation
    const headers = { range: `bytes=${this.done}-`, ...(validator !== null && { 'if-range': validator }) }
    const answer = again
      ? await again(headers)
      : await askUpstream(agent, { uri: this.answer.uri, headers, signal, stallSeconds })
    const etag = provesItself ? field(answer.headers, 'etag') : representation.etag
    if (!continues(answer.status, answer.headers, { done: this.done, total: this.total, etag })) {
      answer.close()
      const message = `The transfer broke off, and ${answer.uri.host} did not continue the same file. It starts again.`
      throw new AppError('upstream_unreachable', message, { detail: { changed: true } })
    }
    this.answer = answer
    this.chunks = answer.body[Symbol.asyncIterator]()
  }
}
