import { pipeline, type Readable, Transform } from 'node:stream'
import { AppError } from '@/server/errors'

/**
 * A stream that gives up when its source is silent for too long while someone waits for it. A reader that takes its time
 * is no reason to give up, so socket time-outs cannot do this.
 * @param stallMs of silence.
 * @param checked called with the number of bytes at the end of the source; what it throws becomes the stream's error.
 * @returns a stream whose destruction destroys the source, and closes its connection.
 */
export function patient(source: Readable, stallMs: number, checked?: (bytes: number) => void): Readable {
  const stream = new Patient(stallMs, checked)
  pipeline(source, stream, () => stream.settle())
  return stream
}

class Patient extends Transform {
  private timer: NodeJS.Timeout | undefined
  private bytes = 0

  constructor(
    private readonly stallMs: number,
    private readonly checked: ((bytes: number) => void) | undefined,
  ) {
    super({ highWaterMark: 256 * 1024 })
  }

  settle(): void {
    clearTimeout(this.timer)
  }

  override _read(size: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.destroy(new AppError('unavailable', `The storage was silent for ${this.stallMs / 1000} s.`))
    }, this.stallMs)
    super._read(size)
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, data: Buffer) => void) {
    clearTimeout(this.timer)
    this.bytes += chunk.length
    done(null, chunk)
  }

  /** A connection that broke is a fault of the storage, and no bug of ours. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.settle()
    const { code } = (error ?? {}) as NodeJS.ErrnoException
    const isBroken = code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE'
    done(
      isBroken
        ? new AppError('unavailable', 'The storage broke off in the middle.', { cause: error })
        : error,
    )
  }

  override _flush(done: (error?: Error | null) => void): void {
    this.settle()
    try {
      this.checked?.(this.bytes)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
}
