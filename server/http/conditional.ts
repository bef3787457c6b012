import { namesEntityTag } from '@/server/http/entity-tag'
import { parseHttpDate } from '@/server/http/http-date'
import type { RequestFields } from '@/server/http/request-fields'

/** What preconditions are judged against. */
export interface Validators {
  /** With its quotes, without the mark of a weak one. */
  entityTag: string
  /** It tells states of a content apart, not its bytes: nothing that needs the very bytes goes by it (RFC 9110 §8.8.1). */
  isWeak?: boolean
  /** Seconds since the epoch. */
  modifiedAt: number
}

type Precondition = 'holds' | 'not_modified' | 'failed'

/**
 * Judges the preconditions of a GET or HEAD in the order of RFC 9110 §13.2.2. Dates that cannot be read count as absent.
 */
export function judgePreconditions(fields: RequestFields, validators: Validators): Precondition {
  const { ifMatch, ifUnmodifiedSince, ifNoneMatch, ifModifiedSince } = fields
  if (ifMatch !== undefined) {
    const mayMatch = !validators.isWeak || ifMatch.trim() === '*'
    if (!mayMatch || !namesEntityTag(ifMatch, validators.entityTag, 'strong')) return 'failed'
  } else if (ifUnmodifiedSince !== undefined) {
    if (validators.modifiedAt > (parseHttpDate(ifUnmodifiedSince) ?? Number.POSITIVE_INFINITY))
      return 'failed'
  }
  if (ifNoneMatch !== undefined) {
    return namesEntityTag(ifNoneMatch, validators.entityTag, 'weak') ? 'not_modified' : 'holds'
  }
  if (ifModifiedSince === undefined) return 'holds'
  return validators.modifiedAt <= (parseHttpDate(ifModifiedSince) ?? Number.NEGATIVE_INFINITY)
    ? 'not_modified'
    : 'holds'
}

/**
 * Whether the Range field counts: without If-Range always, else only when it names exactly this content (RFC 9110 §13.1.5).
 */
export function rangeApplies({ ifRange }: RequestFields, validators: Validators): boolean {
  if (ifRange === undefined) return true
  if (ifRange.startsWith('"')) return !validators.isWeak && ifRange === validators.entityTag
  return parseHttpDate(ifRange) === validators.modifiedAt
}
