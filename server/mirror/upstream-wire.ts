import type { Socket } from 'node:net'

/** Bytes beyond the announced length follow right behind it, if at all. */
const EXCESS_GRACE_MS = 50

/**
 * What happens on a connection beside what undici tells: bytes after the end of the answer, and a reset that undici takes
 * for a proper end when the answer announced no length.
 */
export class Wire {
  private socket: Socket | undefined
  private excess = false
  private failure: Error | undefined

  /** Must be called before undici is given the socket. */
  watch(socket: Socket): void {
    this.socket = socket
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // UND_ERR_INFO: undici itself ends the socket after an answer that closes it.
      if (error.code !== 'UND_ERR_INFO') this.failure ??= error
    })
    // An answer that closes the connection: undici ends the socket where the answer ends, and puts back what is left over.
    const unshift = socket.unshift.bind(socket)
    socket.unshift = (chunk: Buffer, encoding?: BufferEncoding) => {
      if (socket.destroyed && chunk.length > 0) this.excess = true
      unshift(chunk, encoding)
    }
  }

  /** How the connection broke; undefined while it has not. */
  get error(): Error | undefined {
    return this.failure
  }

  /** Whether the upstream sent more than its answer, once that is read to its end. Waits a moment for it. */
  async sentMore(): Promise<boolean> {
    const { socket } = this
    if (socket && !socket.closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, EXCESS_GRACE_MS)
        socket.once('close', () => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
    // On a connection that stays open, undici reads on, and cannot make an answer of what comes unasked.
    return this.excess || isUnaskedAnswer(this.failure)
  }
}

function isUnaskedAnswer(error: Error | undefined): boolean {
  return error?.name === 'HTTPParserError' || error?.message === 'bad response'
}
