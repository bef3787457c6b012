import { AppError, type FieldFault, toAppError } from '@/server/errors'
import { DOCKER_HUB, DOCKER_HUB_NAME, type ImageName } from '@/server/mirror/image-reference'
import { parseUri } from '@/server/mirror/uri'
import { isDigest } from '@/server/oci/digest'
import { isRepositoryName, isTag } from '@/server/oci/name'

/** What people and clients call Docker Hub. */
const HUB_NAMES = new Set([DOCKER_HUB_NAME, 'index.docker.io', DOCKER_HUB, 'registry.hub.docker.com'])

/** What may name an image: `reference` as pasted, or its parts. */
export interface ImageFields {
  reference?: string | undefined
  registry?: string | undefined
  repository?: string | undefined
  digest?: string | undefined
  tag?: string | undefined
}

/** An image as it is declared. */
export interface GivenImage extends ImageName {
  /** The tag it was pasted with: `13` of `debian:13@sha256:…`. */
  tag: string | null
}

/** A tag of which the digest is asked for. */
export interface GivenTag {
  registry: string
  repository: string
  tag: string
}

/** A registry by any of its names, as it is connected to. @param host in normal form, as `parseUri` gives it. */
export function canonicalRegistry(host: string): string {
  return HUB_NAMES.has(host) ? DOCKER_HUB : host
}

/** A repository as its registry knows it: Docker Hub keeps its own images below `library`, and clients may leave that out. */
export function repositoryIn(registry: string, name: string): string {
  return registry === DOCKER_HUB && !name.includes('/') ? `library/${name}` : name
}

/**
 * Reads the name of a registry: a host with or without a port, also as people paste it (`https://index.docker.io/v1/`).
 * @returns as it is connected to: the host, and the port unless it is 443.
 * @throws AppError `invalid`.
 */
export function parseRegistry(text: string): string {
  const [, scheme = '', place = ''] = /^([a-z]+:\/\/)?(.*)$/is.exec(text.trim()) ?? []
  const bare = place.replace(/(?:\/+v[12])?\/*$/, '')
  const { host, target } = parseUri(`https://${bare}/`)
  if (target !== '/') throw invalid(`“${shorten(text)}” is not the name of a registry.`)
  // Port 80 is what this means, and not the port that registries have.
  const isPlain = /^http:/i.test(scheme) && !/:\d+$/.test(bare)
  return canonicalRegistry(isPlain ? `${host}:80` : host)
}

/**
 * Reads which image is meant. A digest is required; a tag beside it is kept for people to read.
 * @param path of the fields in the request, such as `images.3.`.
 * @returns undefined when something is wrong, which is added to the faults.
 */
export function readImage(fields: ImageFields, path: string, faults: FieldFault[]): GivenImage | undefined {
  const known = faults.length
  const { registry, repository, tag, digest, at } = readName(fields, path, faults)
  if (faults.length > known) return undefined
  const given = fields.digest?.trim()
  if (given !== undefined && digest !== undefined && given !== digest) {
    faults.push({ path: `${path}digest`, message: 'Two digests are given, and they differ.' })
  }
  const named = digest ?? given
  if (named === undefined || !isDigest(named)) {
    faults.push({ path: at.digest, message: digestFault(named ?? (tag && `:${tag}`)) })
  }
  return faults.length > known
    ? undefined
    : { registry, repository, digest: named as string, tag: tag ?? null }
}

/** Reads which tag is meant; `latest` when none is said. What is wrong is added to the faults. */
export function readTag(fields: ImageFields, faults: FieldFault[]): GivenTag | undefined {
  const known = faults.length
  const { registry, repository, at, ...named } = readName(fields, '', faults)
  const tag = fields.tag?.trim() || named.tag || 'latest'
  if (named.digest !== undefined) {
    faults.push({ path: at.digest, message: 'This has a digest already: it can be declared as it is.' })
  } else if (!isTag(tag)) {
    faults.push({ path: 'tag', message: `“${shorten(tag)}” is not a tag.` })
  }
  return faults.length > known ? undefined : { registry, repository, tag }
}

interface ReadName {
  registry: string
  repository: string
  tag?: string | undefined
  digest?: string | undefined
  /** Where a fault of the digest belongs. */
  at: { digest: string }
}

function readName(fields: ImageFields, path: string, faults: FieldFault[]): ReadName {
  const isPasted = fields.reference !== undefined
  const field = {
    registry: `${path}${isPasted ? 'reference' : 'registry'}`,
    repository: `${path}${isPasted ? 'reference' : 'repository'}`,
  }
  const text = (isPasted ? fields.reference : fields.repository) ?? ''
  const { name, tag, digest } = cut(text)
  const registryText = fields.registry ?? registryIn(name) ?? (isPasted ? DOCKER_HUB_NAME : undefined)
  const at = { digest: `${path}${isPasted ? 'reference' : 'digest'}` }
  if (registryText === undefined) {
    faults.push({ path: field.registry, message: 'Give a registry, such as docker.io or quay.io.' })
    return { registry: '', repository: '', at }
  }
  const registry = attempt(() => parseRegistry(registryText), field.registry, faults) ?? ''
  const repository = onHub(registry, withoutRegistry(name, registry))
  if (repository === '') faults.push({ path: field.repository, message: 'Give a repository.' })
  else if (!isRepositoryName(repository)) {
    const message = `“${shorten(repository)}” is not the name of a repository: lower-case letters, digits and single . _ - / between them.`
    faults.push({ path: field.repository, message })
  }
  return { registry, repository, tag, digest, at }
}

/** Docker's grammar of references: `name[:tag][@digest]`, where a colon before a slash belongs to a port. */
function cut(text: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const bare = text.trim().replace(/^(?:docker|https?):\/\//i, '')
  const [, whole = '', digest] = /^([^@]*)(?:@(.*))?$/s.exec(bare) ?? []
  const [, name = whole, tag] = /^(.+):([^/:]*)$/.exec(whole) ?? []
  return { name: name.replace(/\/+$/, ''), tag: tag || undefined, digest }
}

/** The first part of a name is a registry when it looks like a host: that is how every client decides. */
function registryIn(name: string): string | undefined {
  const [first = '', rest] = name.split(/\/(.*)/s)
  return rest !== undefined && (/[.:A-Z]/.test(first) || first === 'localhost') ? first : undefined
}

function withoutRegistry(name: string, registry: string): string {
  const first = registryIn(name)
  const isSame = first !== undefined && attempt(() => parseRegistry(first), '', []) === registry
  return isSame ? name.slice(first.length + 1) : name
}

/** Docker Hub keeps its own images below `library`. */
function onHub(registry: string, repository: string): string {
  return registry === DOCKER_HUB && repository !== '' && !repository.includes('/')
    ? `library/${repository}`
    : repository
}

function digestFault(text: string | undefined): string {
  const how =
    'Ask which digest it has now (“Resolve a tag” in the portal, POST /api/v1/images/resolve, entrepot image resolve) and declare that.'
  if (text === undefined)
    return `Images are declared by digest, so that nobody can change what they are. ${how}`
  const tag = text.replace(/^.*:(?=[^:]*$)/s, '')
  if (isTag(tag) && !/^sha(256|512):/i.test(text) && !/^[0-9a-f]{64}$/i.test(text)) {
    return `“${tag}” is a tag, which its registry may point elsewhere at any time: images are declared by digest. ${how}`
  }
  return `“${shorten(text)}” is not a digest: write sha256: and 64 lower-case hexadecimal digits, or sha512: and 128.`
}

function attempt<Value>(read: () => Value, path: string, faults: FieldFault[]): Value | undefined {
  try {
    return read()
  } catch (error) {
    const known = toAppError(error)
    if (known.code !== 'invalid') throw error
    faults.push({ path, message: known.message })
    return undefined
  }
}

/**
 * How a registry is spelt as one part of a repository's name, below `/v2/mirror/`: the port follows after `__`, since a name
 * may hold no colon. Docker Hub is `docker.io`.
 * @returns undefined for those that this grammar cannot hold, such as IPv6 addresses: they are served through the proxy alone.
 */
export function segmentOf(registry: string): string | undefined {
  const segment = (registry === DOCKER_HUB ? DOCKER_HUB_NAME : registry).replace(/:(\d+)$/, '__$1')
  return isRepositoryName(segment) && registryOfSegment(segment) === registry ? segment : undefined
}

/** The registry that a part of a name spells: `docker.io`, `quay.io`, `registry.example.org__5000`. */
export function registryOfSegment(segment: string): string {
  return canonicalRegistry(segment.replace(/__(\d{1,5})$/, ':$1'))
}

function invalid(message: string): AppError {
  return new AppError('invalid', message)
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
