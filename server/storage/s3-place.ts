import { AppError } from '@/server/errors'

/** A bucket and where in it. */
export interface S3Place {
  bucket: string
  /** Without slashes at its ends; empty for the whole bucket. */
  prefix: string
  /** Of a storage other than Amazon's. */
  endpoint?: string
  region?: string
}

const FORM = 'Write s3://bucket/prefix?endpoint=https://…&region=….'
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const KNOWN = new Set(['endpoint', 'region'])

/**
 * Reads `s3://bucket/prefix?endpoint=…&region=…`.
 * @throws AppError `invalid` with what to write instead.
 */
export function parseS3Place(text: string): S3Place {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 's3:' || url.hostname === '')
    throw invalid(`“${text.slice(0, 200)}” names no bucket. ${FORM}`)
  if (url.username !== '' || url.password !== '') {
    throw invalid(
      'An s3:// storage carries no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead.',
    )
  }
  const bucket = url.hostname
  if (!BUCKET.test(bucket) || url.port !== '') {
    throw invalid(`“${url.host}” is not the name of a bucket; a server goes into endpoint=. ${FORM}`)
  }
  for (const name of url.searchParams.keys()) {
    if (!KNOWN.has(name)) throw invalid(`An s3:// storage has no “${name}=”. ${FORM}`)
  }
  const endpoint = url.searchParams.get('endpoint') || undefined
  if (
    endpoint !== undefined &&
    !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol) && new URL(endpoint).host !== '')
  ) {
    throw invalid(`endpoint= must be an http(s) URL, not “${endpoint.slice(0, 200)}”. ${FORM}`)
  }
  // A storage of one's own seldom cares, but signatures need one.
  const region = url.searchParams.get('region') || (endpoint === undefined ? undefined : 'us-east-1')
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '')
  return {
    bucket,
    prefix,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
  }
}

function invalid(message: string): AppError {
  return new AppError('invalid', message)
}
