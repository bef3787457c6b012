import { pipeline, type Readable, Transform } from 'node:stream'
import { AppError } from '@/server/errors'

interface Expected {
  /** Of silence after which the source is given up. */
  stallMs: number
  /** Bytes that were asked for: more are cut off, fewer are an error. */
  length?: number
  /** Called at the end of the source; what it throws becomes the stream's error. */
  checked?: () => void
}

/**
 * A stream that gives up when its source is silent for too long while someone waits for it. A reader that takes its time
 * is no reason to give up, so socket time-outs cannot do this.
 * @returns a stream whose destruction destroys the source, and closes its connection.
 */
export function patient(source: Readable, expected: Expected): Readable {
  const stream = new Patient(expected)
  pipeline(source, stream, () => stream.settle())
  return stream
}

class Patient extends Transform {
  private timer: NodeJS.Timeout | undefined
  private bytes = 0

  constructor(private readonly expected: Expected) {
    super({ highWaterMark: 256 * 1024 })
  }

  settle(): void {
    clearTimeout(this.timer)
  }

  override _read(size: number): void {
    clearTimeout(this.timer)
    const { stallMs } = this.expected
    this.timer = setTimeout(
      () => this.destroy(new AppError('unavailable', `The storage was silent for ${stallMs / 1000} s.`)),
      stallMs,
    )
    super._read(size)
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, data: Buffer) => void) {
    this.settle()
    const { length = Number.POSITIVE_INFINITY } = this.expected
    const wanted = chunk.subarray(0, length - this.bytes)
    this.bytes += wanted.length
    done(null, wanted)
  }

  override _flush(done: (error?: Error | null) => void): void {
    this.settle()
    const { checked, length = this.bytes } = this.expected
    try {
      checked?.()
      if (this.bytes !== length) {
        throw new AppError('unavailable', `The storage sent ${this.bytes} of ${length} bytes.`)
      }
    } catch (error) {
      done(error as Error)
      return
    }
    done()
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
}
