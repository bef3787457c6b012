import { type Answer, bodyLength, type Slice } from '@/server/http/answer'

/** The connection ended before the answer did: nobody's fault, and nobody is left to tell. */
export class ClientGone extends Error {}

/** What Node's responses of HTTP/1.1 and of HTTP/2 have in common. */
export interface NodeResponse {
  readonly destroyed: boolean
  readonly headersSent: boolean
  statusMessage?: string
  writeHead(status: number, headers: string[]): unknown
  write(chunk: Buffer, done: (error?: Error | null) => void): boolean
  end(chunk?: Buffer): unknown
  destroy(error?: Error): unknown
  on(event: 'close', listener: () => void): unknown
  off(event: 'close', listener: () => void): unknown
}

/**
 * Writes an answer to a Node response. A body in memory goes out before this returns; slices of blobs are fed from storage
 * as fast as the client takes them, and no faster.
 * @returns the bytes of the body, once the last of them has been handed to the connection.
 * @throws what storage throws; then nothing has been written unless `response.headersSent`. `ClientGone`.
 */
export function writeAnswer(response: NodeResponse, answer: Answer): number | Promise<number> {
  const { body } = answer
  if (body !== undefined && !Buffer.isBuffer(body)) return writeParts(response, answer, body)
  if (answer.reason !== undefined) response.statusMessage = answer.reason
  // Node writes the list as it is; the copy it makes of an object would cost more than all else here.
  response.writeHead(answer.status, answer.headers as string[])
  response.end(body)
  return body?.length ?? 0
}

async function writeParts(
  response: NodeResponse,
  answer: Answer,
  parts: readonly (Buffer | Slice)[],
): Promise<number> {
  const writer = new PartWriter(response, answer)
  try {
    for (const part of parts) {
      if (Buffer.isBuffer(part)) await writer.write(part)
      else await part.source.feed((chunk) => writer.write(chunk), part.range)
    }
    writer.finish()
    return bodyLength(answer)
  } finally {
    writer.release()
  }
}

/** Sends the head with the first bytes, so that a content that cannot be read can still be answered with an error. */
class PartWriter {
  #fail: ((error: Error) => void) | undefined
  readonly #onClose = () => this.#fail?.(new ClientGone())

  constructor(
    private readonly response: NodeResponse,
    private readonly answer: Answer,
  ) {
    response.on('close', this.#onClose)
  }

  write(chunk: Buffer): Promise<void> {
    this.#begin()
    return new Promise((resolve, reject) => {
      this.#fail = reject
      if (this.response.destroyed) return this.#onClose()
      this.response.write(chunk, (error) => (error ? reject(new ClientGone()) : resolve()))
    })
  }

  finish(): void {
    this.#begin()
    this.response.end()
  }

  release(): void {
    this.response.off('close', this.#onClose)
  }

  #begin(): void {
    if (!this.response.headersSent)
      this.response.writeHead(this.answer.status, this.answer.headers as string[])
  }
}
