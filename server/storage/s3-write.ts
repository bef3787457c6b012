import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { AppError } from '@/server/errors'
import { Spool } from '@/server/storage/filesystem-spool'
import { Interruption } from '@/server/storage/interruption'
import type { S3 } from '@/server/storage/s3-client'
import { isTransient, s3Name } from '@/server/storage/s3-faults'

const MIB = 1024 * 1024
/** Bodies up to this size are one request. S3 wants parts of 5 MiB or more, and at most 10,000 of them. */
const PART = 16 * MIB
/** After so many parts their size doubles: the first 16 GiB have equal ones, and 5 TiB fit. */
const EQUAL_PARTS = 1000
const ATTEMPTS = 4

interface Part {
  PartNumber: number
  ETag: string | undefined
}

/** Size of a part, in bytes. @param number from 1. */
export function partSize(number: number): number {
  return PART * 2 ** Math.floor((number - 1) / EQUAL_PARTS)
}

/**
 * Writes a body of unknown length as one object, which appears when all of it is there. While one part is sent the next one
 * is received; both lie in nameless files, so the memory does not grow with the number of writes.
 * @param spoolDirectory for those files.
 * @returns the number of bytes.
 * @throws AppError `cancelled`; what the source throws is passed on.
 */
export async function writeObject(
  s3: S3,
  key: string,
  body: Readable,
  { signal, spoolDirectory }: { signal?: AbortSignal; spoolDirectory: string },
): Promise<number> {
  const writing = new Writing(s3, s3.nameOf(key), spoolDirectory)
  const interruption = new Interruption()
  const stop = () => {
    interruption.interrupt(signal?.reason)
    writing.stop()
  }
  let finishing: Promise<number> | undefined
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  try {
    const chunks = body[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await interruption.watch(chunks.next())
      if (done) break
      await writing.take(typeof value === 'string' ? Buffer.from(value) : (value as Buffer))
    }
    finishing = writing.finish()
    return await interruption.watch(finishing)
  } catch (error) {
    body.destroy()
    await writing.abort()
    await finishing?.catch(() => undefined)
    throw signal?.aborted ? new AppError('cancelled', 'The write was cancelled.', { cause: error }) : error
  } finally {
    signal?.removeEventListener('abort', stop)
    await writing.close()
  }
}

/** One object on its way. */
class Writing {
  private readonly cancel = new AbortController()
  private readonly parts: Part[] = []
  private uploadId: string | undefined
  private filling: Spool | undefined
  private spare: Spool | undefined
  /** The part that is being sent. */
  private sending: Promise<void> = Promise.resolve()
  private number = 1
  private total = 0

  constructor(
    private readonly s3: S3,
    private readonly name: string,
    private readonly spoolDirectory: string,
  ) {}

  async take(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0; ) {
      // Only when more comes is a full part sent: then it is not the last one.
      if (this.filling && this.filling.size >= partSize(this.number)) await this.sendFilled()
      this.filling ??= await Spool.open(this.spoolDirectory)
      const room = partSize(this.number) - this.filling.size
      const piece = rest.subarray(0, room)
      await this.filling.append(piece)
      this.total += piece.length
      rest = rest.subarray(piece.length)
    }
  }

  async finish(): Promise<number> {
    this.filling ??= await Spool.open(this.spoolDirectory)
    if (this.uploadId === undefined) await this.put(this.filling)
    else {
      await this.sendFilled()
      await this.sending
      await this.complete(this.uploadId)
    }
    return this.total
  }

  /** Ends what is being sent. */
  stop(): void {
    this.cancel.abort()
  }

  /** Leaves nothing in the storage. An upload that cannot be ended is swept later. */
  async abort(): Promise<void> {
    this.stop()
    await this.sending.catch(() => undefined)
    if (this.uploadId === undefined) return
    const { sdk, send, place } = this.s3
    const target = { Bucket: place.bucket, Key: this.name, UploadId: this.uploadId }
    await send(new sdk.AbortMultipartUploadCommand(target)).catch(() => undefined)
  }

  async close(): Promise<void> {
    await this.sending.catch(() => undefined)
    await this.filling?.close()
    await this.spare?.close()
  }

  private async sendFilled(): Promise<void> {
    const spool = this.filling as Spool
    const { sdk, send, place } = this.s3
    const target = { Bucket: place.bucket, Key: this.name }
    this.uploadId ??= (await send(new sdk.CreateMultipartUploadCommand(target))).UploadId
    await this.sending
    this.sending = this.sendPart(spool, this.number)
    this.sending.catch(() => undefined)
    this.number += 1
    this.filling = this.spare
    this.spare = spool
    this.filling?.clear()
  }

  private async sendPart(spool: Spool, number: number): Promise<void> {
    const { sdk, place } = this.s3
    const target = { Bucket: place.bucket, Key: this.name, UploadId: this.uploadId, PartNumber: number }
    const ETag = await this.upload(
      spool,
      (Body) => new sdk.UploadPartCommand({ ...target, Body, ContentLength: spool.size }),
    )
    this.parts.push({ PartNumber: number, ETag })
  }

  private async put(spool: Spool): Promise<void> {
    const { sdk, place } = this.s3
    const target = { Bucket: place.bucket, Key: this.name, ContentLength: spool.size }
    await this.upload(spool, (Body) => new sdk.PutObjectCommand({ ...target, Body }))
  }

  /** Sends what a spool holds, again where the storage was at fault; the SDK repeats no streams. */
  private async upload(
    spool: Spool,
    command: (body: Readable | Buffer) => PutObjectCommand | UploadPartCommand,
  ): Promise<string | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const body = spool.size === 0 ? Buffer.alloc(0) : spool.read()
      // The SDK does not notice that what it reads from has failed: it would wait, and nobody would hear the error.
      const broken = new AbortController()
      if (!Buffer.isBuffer(body)) body.on('error', (error) => broken.abort(error))
      try {
        const signed = withHash(command(body), spool.sha256())
        const abortSignal = AbortSignal.any([this.cancel.signal, broken.signal])
        const options = { abortSignal, requestTimeout: this.s3.times.work }
        // Both have an ETag; the union of two commands is more than the types of `send` take.
        return (await this.s3.send(signed as UploadPartCommand, options)).ETag
      } catch (error) {
        if (broken.signal.aborted) throw broken.signal.reason
        if (attempt === ATTEMPTS || this.cancel.signal.aborted || !isTransient(error)) throw error
      } finally {
        if (!Buffer.isBuffer(body)) body.destroy()
      }
      await pause(this.s3.times.pause * 2 ** attempt * Math.random())
    }
  }

  private async complete(UploadId: string): Promise<void> {
    const { sdk, send, place, times } = this.s3
    const target = { Bucket: place.bucket, Key: this.name }
    const MultipartUpload = { Parts: this.parts }
    try {
      const command = new sdk.CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload })
      await send(command, { requestTimeout: times.work })
    } catch (error) {
      if (s3Name(error) !== 'NoSuchUpload') throw error
      // An answer that was lost: the SDK asked again, and the first time it had been done.
      const found = await send(new sdk.HeadObjectCommand(target))
      if (found.ContentLength !== this.total) throw error
    }
  }
}

/** Signs the hash that is known already, where the SDK would leave a stream unsigned. */
function withHash<Command extends PutObjectCommand | UploadPartCommand>(
  command: Command,
  sha256: string,
): Command {
  const stack = command.middlewareStack as PutObjectCommand['middlewareStack']
  stack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      headers['x-amz-content-sha256'] = sha256
      return next(args)
    },
    { step: 'build', name: 'knownPayloadHash' },
  )
  return command
}
