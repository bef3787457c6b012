import { createHash } from 'node:crypto'
import { AppError } from '@/server/errors'
import { parseDigest } from '@/server/oci/digest'
import {
  DOCKER_MANIFEST,
  DOCKER_SCHEMA1,
  DOCKER_SCHEMA1_SIGNED,
  isIndex,
  isManifest,
  OCI_ARTIFACT,
  OCI_INDEX,
  OCI_MANIFEST,
} from '@/server/oci/media-types'

/** Larger manifests are refused: the least that the distribution-spec asks registries to take. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

/** What a manifest says of a content it names (image-spec, descriptor.md). */
export interface Descriptor {
  mediaType: string
  digest: string
  size: number
  /** `os/arch[/variant]`. */
  platform?: string
  artifactType?: string
  annotations?: Record<string, string>
  /** The content itself, for small ones. */
  data?: Buffer
  urls?: string[]
}

export interface ReadManifest {
  mediaType: string
  kind: 'image' | 'index' | 'schema1'
  config?: Descriptor
  /** In order; the blobs of an artifact manifest. */
  layers: Descriptor[]
  /** Of an index. */
  manifests: Descriptor[]
  subject?: Descriptor
  /** Its own, or else its config's media type, as referrers are listed (distribution-spec, “Listing Referrers”). */
  artifactType?: string
  annotations?: Record<string, string>
}

/**
 * Reads a manifest of any kind.
 * @param content the bytes as pushed or fetched.
 * @param contentType as the sender named it, parameters and all; undefined when it said nothing.
 * @throws AppError `invalid` with what is wrong, `too_large`.
 */
export function readManifest(content: Buffer, contentType: string | undefined): ReadManifest {
  if (content.length > MAX_MANIFEST_BYTES) {
    throw new AppError(
      'too_large',
      `A manifest may have ${MAX_MANIFEST_BYTES} bytes; this has ${content.length}.`,
    )
  }
  const json = parseObject(content)
  const mediaType = agreedType(json, contentType)
  const schema1 = mediaType === DOCKER_SCHEMA1 || mediaType === DOCKER_SCHEMA1_SIGNED
  if (schema1) return readSchema1(json, mediaType)
  if (mediaType !== OCI_ARTIFACT && json.schemaVersion !== 2) throw invalid('Its “schemaVersion” must be 2.')
  const annotations = readAnnotations(json.annotations, 'annotations')
  const common = {
    mediaType,
    ...(json.subject != null && { subject: readDescriptor(json.subject, 'subject') }),
    ...(annotations && { annotations }),
  }
  if (isIndex(mediaType)) {
    // A content that is both would be one thing to one client and another to the next (CVE-2021-41190).
    if (json.layers != null || json.config != null)
      throw invalid('It is an index, and has layers of its own.')
    const manifests = readDescriptors(json.manifests, 'manifests')
    return { ...common, kind: 'index', layers: [], manifests, ...typeOf(json.artifactType) }
  }
  if (json.manifests != null) throw invalid('It is an image, and lists manifests as an index does.')
  if (mediaType === OCI_ARTIFACT) {
    const layers = json.blobs == null ? [] : readDescriptors(json.blobs, 'blobs')
    return { ...common, kind: 'image', layers, manifests: [], ...typeOf(json.artifactType) }
  }
  const config = readDescriptor(json.config, 'config')
  const layers = readDescriptors(json.layers, 'layers')
  return {
    ...common,
    kind: 'image',
    config,
    layers,
    manifests: [],
    ...typeOf(config.mediaType),
    ...typeOf(json.artifactType),
  }
}

type Json = Record<string, unknown>

function parseObject(content: Buffer): Json {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content))
  } catch (cause) {
    throw new AppError('invalid', 'The manifest is not valid JSON.', { cause })
  }
  if (!isObject(value)) throw invalid('It is not a JSON object.')
  return value
}

/** Content-Type and the manifest's own “mediaType” must agree (distribution-spec, “Pushing Manifests”). */
function agreedType(json: Json, contentType: string | undefined): string {
  const said = contentType?.replace(/;.*$/s, '').trim().toLowerCase() || undefined
  const own = json.mediaType
  if (own !== undefined && typeof own !== 'string') throw invalid('Its “mediaType” is not text.')
  const generic = said === 'application/json' || said === 'application/octet-stream'
  const type = said === undefined || generic ? (own ?? guessedType(json)) : said
  if (own !== undefined && own !== type) throw invalid(`It says to be ${own}, and was sent as ${type}.`)
  if (!isManifest(type)) throw invalid(`The type “${type.slice(0, 100)}” is not one of a manifest.`)
  return type
}

function guessedType(json: Json): string {
  if (json.schemaVersion === 1) return json.signatures === undefined ? DOCKER_SCHEMA1 : DOCKER_SCHEMA1_SIGNED
  if (json.manifests !== undefined) return OCI_INDEX
  const config = isObject(json.config) ? json.config.mediaType : undefined
  return typeof config === 'string' && config.startsWith('application/vnd.docker.')
    ? DOCKER_MANIFEST
    : OCI_MANIFEST
}

/** Docker's first format names layers only, the topmost first, and no sizes. */
function readSchema1(json: Json, mediaType: string): ReadManifest {
  if (json.schemaVersion !== 1) throw invalid('Its “schemaVersion” must be 1.')
  if (!Array.isArray(json.fsLayers)) throw invalid('Its “fsLayers” must be a list.')
  const layers = json.fsLayers.map((layer: unknown, index): Descriptor => {
    const digest = isObject(layer) ? layer.blobSum : undefined
    if (typeof digest !== 'string' || !parseDigest(digest))
      throw invalid(`fsLayers[${index}] has no valid digest.`)
    return { mediaType: 'application/vnd.docker.container.image.rootfs.diff+x-gtar', digest, size: 0 }
  })
  return { mediaType, kind: 'schema1', layers, manifests: [] }
}

function readDescriptors(value: unknown, at: string): Descriptor[] {
  if (!Array.isArray(value)) throw invalid(`Its “${at}” must be a list.`)
  return value.map((one, index) => readDescriptor(one, `${at}[${index}]`))
}

function readDescriptor(value: unknown, at: string): Descriptor {
  if (!isObject(value)) throw invalid(`Its “${at}” must be a descriptor.`)
  const { mediaType, digest, size } = value
  if (!isText(mediaType) || mediaType.length > 255) throw invalid(`${at} has no valid “mediaType”.`)
  if (typeof digest !== 'string' || !parseDigest(digest)) {
    throw invalid(`${at} has no valid digest: sha256 and sha512 in lower-case hexadecimal are taken.`)
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw invalid(`${at} has no valid “size”.`)
  const annotations = readAnnotations(value.annotations, `${at}.annotations`)
  const data = readData(value.data, { digest, size }, at)
  const platform = readPlatform(value.platform, at)
  const urls = Array.isArray(value.urls) ? value.urls.filter((url) => typeof url === 'string') : undefined
  return {
    mediaType,
    digest,
    size,
    ...(platform && { platform }),
    ...typeOf(value.artifactType),
    ...(annotations && { annotations }),
    ...(data && { data }),
    ...(urls && urls.length > 0 && { urls }),
  }
}

/** `os/arch[/variant]`; undefined where there is none, or an empty one. */
function readPlatform(value: unknown, at: string): string | undefined {
  if (value == null) return undefined
  if (!isObject(value)) throw invalid(`${at} has a “platform” that is no object.`)
  const parts = [value.os, value.architecture, value.variant].filter(
    (part) => typeof part === 'string' && part !== '',
  )
  if (!parts.every(isText)) throw invalid(`${at} has a “platform” with characters that are none.`)
  return parts.length === 0 ? undefined : parts.join('/').slice(0, 200)
}

/** The embedded content must be what the descriptor names (image-spec, “Embedded Content”). */
function readData(
  value: unknown,
  { digest, size }: { digest: string; size: number },
  at: string,
): Buffer | undefined {
  if (value == null) return undefined
  if (typeof value !== 'string') throw invalid(`${at} has “data” that is not text.`)
  const data = Buffer.from(value, 'base64')
  const { algorithm, hex } = parseDigest(digest) ?? {}
  const right = algorithm !== undefined && createHash(algorithm).update(data).digest('hex') === hex
  if (data.length !== size || !right) throw invalid(`${at} has “data” other than its digest and size say.`)
  return data
}

function readAnnotations(value: unknown, at: string): Record<string, string> | undefined {
  if (value == null) return undefined
  if (!isObject(value) || !Object.entries(value).flat().every(isText)) {
    throw invalid(`Its “${at}” must be an object of texts.`)
  }
  return value as Record<string, string>
}

function typeOf(value: unknown): { artifactType?: string } {
  if (typeof value !== 'string' || value === '') return {}
  if (!isText(value)) throw invalid('It has an “artifactType” with characters that are none.')
  return { artifactType: value.slice(0, 255) }
}

/** Of characters that a database takes: PostgreSQL has no place for NUL, nor for half a character. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !/[\0\p{Surrogate}]/u.test(value)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(what: string): AppError {
  return new AppError('invalid', `The manifest is not valid. ${what}`)
}
