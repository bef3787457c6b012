import type { Readable } from 'node:stream'
import type { ListMultipartUploadsCommandInput, ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3'
import { AppError } from '@/server/errors'
import {
  type ByteRange,
  type ByteSink,
  isKey,
  type StorageDriver,
  type StoredObject,
  type WriteOptions,
} from '@/server/storage/driver'
import { patient } from '@/server/storage/patient'
import { feedFrom, outside } from '@/server/storage/ranges'
import { isNotFound, openS3Client, type S3, type S3Times, usualTimes } from '@/server/storage/s3-client'
import { s3Name } from '@/server/storage/s3-faults'
import { moveObject } from '@/server/storage/s3-move'
import type { S3Place } from '@/server/storage/s3-place'
import { writeObject } from '@/server/storage/s3-write'

interface S3Options {
  /** Of a local disk, for parts on their way. */
  spoolDirectory: string
  times?: Partial<S3Times>
}

/** Objects in a bucket of an S3 storage, Amazon's or another's. Nothing is asked for over the network yet. */
export async function openS3(place: S3Place, { spoolDirectory, times }: S3Options): Promise<StorageDriver> {
  return new S3Driver(await openS3Client(place, { ...usualTimes, ...times }), spoolDirectory)
}

class S3Driver implements StorageDriver {
  readonly name = 's3'

  constructor(
    private readonly s3: S3,
    private readonly spoolDirectory: string,
  ) {}

  async read(key: string, range?: ByteRange): Promise<Readable> {
    if (range && range.start > range.end) throw outside(range)
    const { sdk, send, times } = this.s3
    const Range = range && `bytes=${range.start}-${range.end}`
    const found = await send(new sdk.GetObjectCommand({ ...this.at(key), Range })).catch((error) => {
      if (isNotFound(error)) throw new AppError('not_found', `There is no object ${key}.`)
      throw error instanceof AppError && error.code === 'range_not_satisfiable' && range
        ? outside(range)
        : error
    })
    const body = found.Body as Readable
    if (range) {
      // S3 cuts a range off at the end of the object instead of refusing it.
      const [, size] = /\/(\d+)$/.exec(found.ContentRange ?? '') ?? []
      if (size === undefined || range.end >= Number(size)) {
        body.destroy()
        throw size === undefined
          ? new AppError('unavailable', 'The S3 storage does not know ranges.')
          : outside(range, Number(size))
      }
    }
    const length = range ? range.end - range.start + 1 : found.ContentLength
    return patient(body, { stallMs: times.stall, ...(length !== undefined && { length }) })
  }

  async feed(key: string, sink: ByteSink, range?: ByteRange): Promise<void> {
    await feedFrom(await this.read(key, range), sink)
  }

  async write(key: string, body: Readable, { signal }: WriteOptions = {}): Promise<number> {
    return writeObject(this.s3, key, body, {
      spoolDirectory: this.spoolDirectory,
      ...(signal && { signal }),
    })
  }

  async stat(key: string): Promise<StoredObject | undefined> {
    const { sdk, send } = this.s3
    try {
      const found = await send(new sdk.HeadObjectCommand(this.at(key)))
      return { size: found.ContentLength ?? 0, modifiedAt: found.LastModified ?? new Date(0) }
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  async move(from: string, to: string): Promise<void> {
    await moveObject(this.s3, from, to)
  }

  async remove(key: string): Promise<void> {
    const { sdk, send } = this.s3
    await send(new sdk.DeleteObjectCommand(this.at(key))).catch((error) => {
      if (!isNotFound(error)) throw error
    })
  }

  place(key: string): string {
    return `s3://${this.s3.place.bucket}/${this.s3.nameOf(key)}`
  }

  async *list(prefix: string): AsyncIterable<string> {
    const { sdk, send, nameOf, place } = this.s3
    const whole = prefix === '' ? '' : `${prefix.replace(/\/$/, '')}/`
    const Prefix = place.prefix === '' && whole === '' ? undefined : nameOf(whole)
    let ContinuationToken: string | undefined
    do {
      const query = { Bucket: place.bucket, Prefix, ContinuationToken }
      const page = await send(new sdk.ListObjectsV2Command(query))
      for (const { Key } of page.Contents ?? []) {
        const key = Key?.slice(nameOf('').length)
        // Consoles leave objects with names like `folder/` behind.
        if (key !== undefined && isKey(key)) yield key
      }
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
    } while (ContinuationToken !== undefined)
  }

  async sweep(olderThanMs: number): Promise<number> {
    const { sdk, send, place, nameOf } = this.s3
    const limit = Date.now() - olderThanMs
    const Prefix = place.prefix === '' ? undefined : nameOf('')
    let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {}
    let removed = 0
    while (marker) {
      const query: ListMultipartUploadsCommandInput = { Bucket: place.bucket, Prefix, ...marker }
      const page: ListMultipartUploadsCommandOutput | undefined = await send(
        new sdk.ListMultipartUploadsCommand(query),
      ).catch((error) => {
        if (s3Name(error) === 'NotImplemented') return undefined
        throw error
      })
      for (const { Key, UploadId, Initiated } of page?.Uploads ?? []) {
        if (Key === undefined || Initiated === undefined || Initiated.getTime() > limit) continue
        await send(new sdk.AbortMultipartUploadCommand({ Bucket: place.bucket, Key, UploadId }))
        removed += 1
      }
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page ?? {}
      marker = page?.IsTruncated
        ? { ...(KeyMarker && { KeyMarker }), ...(UploadIdMarker && { UploadIdMarker }) }
        : undefined
    }
    return removed
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.s3.place.bucket, Key: this.s3.nameOf(key) }
  }
}
