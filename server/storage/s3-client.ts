import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { AppError } from '@/server/errors'
import { s3Fault } from '@/server/storage/s3-faults'
import type { S3Place } from '@/server/storage/s3-place'

export type S3Sdk = typeof import('@aws-sdk/client-s3')

/** Time-outs of a storage, in milliseconds. */
export interface S3Times {
  connect: number
  /** For the head of an answer to a request that moves no bytes inside the storage. */
  answer: number
  /** For the head of an answer to a request that does: copies, completed uploads. */
  work: number
  /** Of silence in a body that someone waits for. */
  stall: number
  /** Of the pause before the second attempt; later ones are longer. */
  pause: number
}

export const usualTimes: S3Times = {
  connect: 5_000,
  answer: 60_000,
  work: 600_000,
  stall: 60_000,
  pause: 200,
}

/** A bucket, and the commands of the SDK, which is loaded only where there is one. */
export interface S3 {
  sdk: S3Sdk
  client: S3Client
  place: S3Place
  times: S3Times
  /** The name of a key in the bucket. */
  nameOf(key: string): string
  /** Sends a command. @throws AppError; see s3Fault. */
  send: S3Client['send']
}

/** Readers that stall hold a connection each, so there is no bound that they could reach before others. */
const MAX_SOCKETS = 10_000
const ATTEMPTS = 4
const ignore = () => undefined

/**
 * A client for a bucket. Credentials and, without an endpoint, the region are found as the SDK finds them everywhere:
 * environment, profile, role of the machine. Nothing is asked for over the network yet.
 */
export async function openS3Client(place: S3Place, times: S3Times): Promise<S3> {
  const sdk = await import('@aws-sdk/client-s3')
  const { endpoint, region } = place
  const config: S3ClientConfig = {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    maxAttempts: ATTEMPTS,
    // What goes wrong is thrown; the SDK would write to the console as well.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    // Bodies are covered by the signature's SHA-256; storages other than Amazon's often know no other checksum.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: times.connect,
      requestTimeout: times.answer,
      throwOnRequestTimeout: true,
      socketTimeout: 0,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
  }
  const client = new sdk.S3Client(config)
  const send = async (...given: Parameters<S3Client['send']>) => {
    try {
      return await client.send(...given)
    } catch (error) {
      throw s3Fault(error, place)
    }
  }
  const nameOf = (key: string) => (place.prefix === '' ? key : `${place.prefix}/${key}`)
  return { sdk, client, place, times, nameOf, send: send as unknown as S3Client['send'] }
}

/** Whether the error only says that there is none. */
export function isNotFound(error: unknown): boolean {
  return error instanceof AppError && error.code === 'not_found'
}
