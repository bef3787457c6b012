import { AppError } from '@/server/errors'
import type { S3Place } from '@/server/storage/s3-place'

interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number }
  code?: string
}

const FULL = new Set(['InsufficientStorage', 'XMinioStorageFull', 'QuotaExceeded', 'StorageFull'])
const REFUSED = new Set([
  'AccessDenied',
  'Forbidden',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
])

/**
 * What an error of the SDK means here. What only whoever runs the installation can mend is `unavailable`, with the name
 * that S3 has for it.
 */
export function s3Fault(error: unknown, { bucket }: S3Place): Error {
  const { name, message, $metadata } = error as SdkError
  const status = $metadata?.httpStatusCode
  const say = (code: 'not_found' | 'range_not_satisfiable' | 'storage_full' | 'unavailable', text: string) =>
    new AppError(code, text, { cause: error })
  if (name === 'AbortError') return say('unavailable', 'A request to the S3 storage was given up.')
  if (name === 'NoSuchBucket') {
    return say('unavailable', `There is no bucket “${bucket}”: make it, or mend the s3:// address.`)
  }
  if (name === 'InvalidRange' || status === 416)
    return say('range_not_satisfiable', 'The range is outside the object.')
  if (name === 'NoSuchUpload')
    return say('unavailable', 'An upload to the S3 storage was ended by someone else.')
  if (status === 404) return say('not_found', 'There is no such object.')
  if (FULL.has(name) || status === 507) return say('storage_full', 'The S3 storage is full.')
  if (REFUSED.has(name) || status === 401 || status === 403) {
    return say('unavailable', `The S3 storage refuses what its credentials ask for (${name}).`)
  }
  if (name === 'CredentialsProviderError') {
    return say(
      'unavailable',
      'There are no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role.',
    )
  }
  if (/region is missing/i.test(message)) {
    return say('unavailable', 'The region of the bucket is not known: add region=… to the s3:// address.')
  }
  return say('unavailable', `The S3 storage does not answer as it should (${name}).`)
}

/** Whether the same request may do better in a moment. */
export function isTransient(error: unknown): boolean {
  const cause = (error instanceof AppError ? error.cause : error) as SdkError | undefined
  const status = cause?.$metadata?.httpStatusCode
  if (status !== undefined) return status === 429 || status >= 500
  return cause?.name === 'TimeoutError' || /^(E[A-Z]+|UND_ERR_.*)$/.test(cause?.code ?? '')
}

/** The name that S3 has for an error. */
export function s3Name(error: unknown): string | undefined {
  return error instanceof AppError ? (error.cause as SdkError | undefined)?.name : undefined
}
