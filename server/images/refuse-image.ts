import type { Answer } from '@/server/http/answer'
import type { FoundPart } from '@/server/images/find-mirrored'
import { DOCKER_HUB, DOCKER_HUB_NAME } from '@/server/mirror/image-reference'
import { faultAnswer } from '@/server/oci/answers'
import { isDigest } from '@/server/oci/digest'

/** What was asked for and cannot be served. */
export interface Missing {
  registry: string
  repository: string
  /** A digest or a tag. */
  reference: string
  wantsManifest: boolean
  found: FoundPart
}

interface World {
  now: Date
  /** Of the portal, without a slash at its end. */
  publicUrl: string
}

const PENDING_RETRY_S = 10
const FETCHING_RETRY_S = 5
/** When nobody knows when it will be tried again: until somebody does something. */
const FAILED_RETRY_S = 3600

/** The answer that tells a client, and the person behind it, why it does not get what it asked for. */
export function refusalOf(missing: Missing, world: World): Answer {
  const { found, reference } = missing
  if (!missing.wantsManifest) {
    return faultAnswer('BLOB_UNKNOWN', `No mirrored image of ${nameOf(missing)} has the blob ${reference}.`)
  }
  switch (found.state) {
    case 'pending':
    case 'fetching':
    case 'failed':
      return waiting(missing, found, world)
    case 'unchosen':
      return unchosen(missing, found, world)
    case 'stored':
      return faultAnswer('MANIFEST_UNKNOWN', `${reference} is no manifest of ${nameOf(missing)}, but a blob.`)
    default:
      if (found.denied !== null) {
        return faultAnswer('DENIED', `An administrator refuses the host ${missing.registry}: ${found.denied}`)
      }
      return isDigest(reference) ? undeclared(missing, world) : tagged(missing, found.tagged, world)
  }
}

function nameOf({ registry, repository }: Pick<Missing, 'registry' | 'repository'>): string {
  return `${shown(registry)}/${repository}`
}

function shown(registry: string): string {
  return registry === DOCKER_HUB ? DOCKER_HUB_NAME : registry
}

function declareUrl(
  { registry, repository }: Missing,
  last: Record<string, string>,
  { publicUrl }: World,
): string {
  // A slash may stand in a query as it is, and people read this.
  const query = new URLSearchParams({ registry: shown(registry), repository, ...last })
  return `${publicUrl}/images/declare?${query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':')}`
}

function undeclared(missing: Missing, world: World): Answer {
  const digest = missing.reference
  const url = declareUrl(missing, { digest }, world)
  const message = `Nobody has declared ${nameOf(missing)}@${digest} yet, so Entrepôt does not have it. Declare it: ${url}`
  return faultAnswer('MANIFEST_UNKNOWN', message, [], { declare: url })
}

function tagged(missing: Missing, known: { digest: string } | null, world: World): Answer {
  const tag = missing.reference
  const url = declareUrl(missing, { tag }, world)
  const name = nameOf(missing)
  const was = known === null ? '' : ` When it was declared, it was ${name}@${known.digest}.`
  const message = `“${tag}” is a tag, which may point elsewhere tomorrow: mirrored images are pulled by digest only, as ${name}@sha256:….${was} Find its digest: ${url}`
  return faultAnswer('MANIFEST_UNKNOWN', message, [], { resolve: url })
}

function unchosen(
  missing: Missing,
  { imageId, platform }: Extract<FoundPart, { state: 'unchosen' }>,
  { publicUrl }: World,
): Answer {
  const url = `${publicUrl}/images/${imageId}`
  const which = platform === null ? 'This part' : `The platform ${platform}`
  const message = `${which} of an image of ${nameOf(missing)} is not mirrored, because nobody chose it. Choose it: ${url}`
  return faultAnswer('MANIFEST_UNKNOWN', message, [], { image: url })
}

function waiting(
  missing: Missing,
  image: Extract<FoundPart, { state: 'pending' | 'fetching' | 'failed' }>,
  { now, publicUrl }: World,
): Answer {
  const { state, error, nextAttemptAt, partsDone, partsTotal, imageId } = image
  const nextTry =
    nextAttemptAt === null ? undefined : Math.max(1, (nextAttemptAt.getTime() - now.getTime()) / 1000)
  const far = partsTotal === null ? '' : ` (${partsDone} of ${partsTotal} parts)`
  const said = {
    pending: ['waits to be fetched.', nextTry ?? PENDING_RETRY_S],
    fetching: [`is being fetched now${far}.`, FETCHING_RETRY_S],
    failed: [`could not be fetched: ${error}`, nextTry ?? FAILED_RETRY_S],
  } as const
  const [sentence, retryAfter] = said[state]
  const earlier = state === 'pending' && error !== null ? ` The last attempt failed: ${error}` : ''
  const url = `${publicUrl}/images/${imageId}`
  const message = `${nameOf(missing)}@${missing.reference} is declared and ${sentence}${earlier} See its state: ${url}`
  const retry = ['Retry-After', String(Math.ceil(retryAfter))]
  return faultAnswer('UNAVAILABLE', message, retry, { image: url })
}
