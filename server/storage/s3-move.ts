import { AppError } from '@/server/errors'
import { isNotFound, type S3 } from '@/server/storage/s3-client'

const GIB = 1024 ** 3
/** The largest object that one copy may have. */
const MAX_COPY = 5 * GIB
const COPY_PART = GIB

/**
 * Copies inside the storage and removes the original; larger objects in parts.
 * @param limit the largest copy in one request, in bytes; tests make it small.
 * @throws AppError `not_found`.
 */
export async function moveObject(s3: S3, from: string, to: string, limit = MAX_COPY): Promise<void> {
  const { sdk, send, place, nameOf, times } = s3
  const Bucket = place.bucket
  const found = await send(new sdk.HeadObjectCommand({ Bucket, Key: nameOf(from) })).catch((error) => {
    throw isNotFound(error) ? new AppError('not_found', `There is no object ${from}.`) : error
  })
  if (from === to) return
  const size = found.ContentLength ?? 0
  const CopySource = [Bucket, ...nameOf(from).split('/')].map(encodeURIComponent).join('/')
  const target = { Bucket, Key: nameOf(to), CopySource }
  if (size <= limit) await send(new sdk.CopyObjectCommand(target), { requestTimeout: times.work })
  else await copyInParts(s3, target, { size, part: Math.min(limit, COPY_PART) })
  await send(new sdk.DeleteObjectCommand({ Bucket, Key: nameOf(from) }))
}

async function copyInParts(
  { sdk, send, times }: S3,
  { CopySource, ...target }: { Bucket: string; Key: string; CopySource: string },
  { size, part }: { size: number; part: number },
): Promise<void> {
  const { UploadId } = await send(new sdk.CreateMultipartUploadCommand(target))
  const options = { requestTimeout: times.work }
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = []
    for (let start = 0; start < size; start += part) {
      const PartNumber = Parts.length + 1
      const CopySourceRange = `bytes=${start}-${Math.min(start + part, size) - 1}`
      const copy = { ...target, UploadId, PartNumber, CopySource, CopySourceRange }
      const { CopyPartResult } = await send(new sdk.UploadPartCopyCommand(copy), options)
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag })
    }
    const whole = { ...target, UploadId, MultipartUpload: { Parts } }
    await send(new sdk.CompleteMultipartUploadCommand(whole), options)
  } catch (error) {
    await send(new sdk.AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined)
    throw error
  }
}
