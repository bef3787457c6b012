import { isDigest } from '@/server/oci/digest'
import { RegistryFault } from '@/server/oci/faults'
import { isRepositoryName, isTag } from '@/server/oci/name'

/** What a path of the registry is about (OCI distribution-spec 1.1, “Endpoints”). */
export type RegistryRoute = { query: URLSearchParams } & (
  | { kind: 'base' }
  | { kind: 'catalog' }
  | { kind: 'token' }
  | { kind: 'tags'; name: string }
  /** A tag or a digest. */
  | { kind: 'manifest'; name: string; reference: string }
  | { kind: 'blob'; name: string; digest: string }
  | { kind: 'referrers'; name: string; digest: string }
  | { kind: 'uploads'; name: string }
  | { kind: 'upload'; name: string; id: string }
)

const MAX_TARGET = 8_000
/** The name is as long as it can be: it may contain the words that end it. */
const PATH =
  /^\/v2\/(.+)\/(?:(manifests|blobs|referrers)\/([^/]+)|(tags)\/list|blobs\/(uploads)(?:\/([^/]*))?)$/

/**
 * Reads the target of a request.
 * @param target path and query as sent.
 * @returns undefined for a path that the registry does not have.
 * @throws RegistryFault for one that breaks a grammar: `NAME_INVALID`, `DIGEST_INVALID`, `TAG_INVALID`.
 */
export function routeOf(target: string): RegistryRoute | undefined {
  if (target.length > MAX_TARGET) throw new RegistryFault('NAME_INVALID', 'The URL is too long.')
  // No name has it, and no database takes it as something to look for.
  if (target.includes('%00')) throw new RegistryFault('NAME_INVALID', 'The URL has a NUL in it.')
  const mark = target.indexOf('?')
  const path = plainPath(mark < 0 ? target : target.slice(0, mark))
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1))
  if (path === '/v2/' || path === '/v2') return { kind: 'base', query }
  if (path === '/v2/_catalog') return { kind: 'catalog', query }
  if (path === '/v2/token') return { kind: 'token', query }
  const [, name = '', of, reference = '', tags, uploads, id = ''] = PATH.exec(path) ?? []
  if (name === '') return undefined
  if (!isRepositoryName(name)) {
    throw new RegistryFault('NAME_INVALID', `“${name.slice(0, 300)}” is not the name of a repository.`)
  }
  if (tags !== undefined) return { kind: 'tags', name, query }
  if (uploads !== undefined || (of === 'blobs' && reference === 'uploads')) {
    return id === '' ? { kind: 'uploads', name, query } : { kind: 'upload', name, id, query }
  }
  if (of === 'manifests') return { kind: 'manifest', name, reference: checkedReference(reference), query }
  const digest = checkedDigest(reference)
  return of === 'blobs' ? { kind: 'blob', name, digest, query } : { kind: 'referrers', name, digest, query }
}

/** Some clients write the colon of a digest as `%3A`; whatever else is encoded, the grammars refuse once it is decoded. */
function plainPath(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    throw new RegistryFault('NAME_INVALID', 'The path is not well encoded.')
  }
}

function checkedReference(reference: string): string {
  if (reference.includes(':')) return checkedDigest(reference)
  if (!isTag(reference)) throw new RegistryFault('TAG_INVALID', `“${reference.slice(0, 200)}” is not a tag.`)
  return reference
}

/** @throws RegistryFault `DIGEST_INVALID`. */
export function checkedDigest(text: string): string {
  if (isDigest(text)) return text
  const taken = 'sha256:<64 hex> and sha512:<128 hex>, in lower case, are taken.'
  throw new RegistryFault('DIGEST_INVALID', `“${text.slice(0, 200)}” is not a digest: ${taken}`)
}
