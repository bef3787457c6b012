import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { DOCKER_LIST, DOCKER_MANIFEST, isIndex, OCI_INDEX, OCI_MANIFEST } from '@/server/oci/media-types'

// Container images made in memory: whole and valid, so that skopeo and podman take them, and a few hundred bytes large.

const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json'
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json'
const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip'
export const OCI_EMPTY = 'application/vnd.oci.empty.v1+json'

export type Format = 'oci' | 'docker'
export type Algorithm = 'sha256' | 'sha512'

/** A content and what describes it. */
export interface BuiltBlob {
  bytes: Buffer
  digest: string
  size: number
  mediaType: string
}

export type BuiltDescriptor = Pick<BuiltBlob, 'mediaType' | 'digest' | 'size'> & Record<string, unknown>

/** A manifest with all that is below it, each content once, children before those that name them. */
export interface BuiltImage extends BuiltBlob {
  /** The manifest, as JSON. */
  json: Record<string, unknown>
  /** Configs and layers. */
  blobs: BuiltBlob[]
  /** This manifest, and those it names; itself last. */
  manifests: BuiltBlob[]
  platform?: string
}

/** The digest of these bytes as the registry writes it. */
export function digestOf(bytes: Buffer, algorithm: Algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

export function buildBlob(bytes: Buffer, mediaType: string, algorithm: Algorithm = 'sha256'): BuiltBlob {
  return { bytes, mediaType, size: bytes.length, digest: digestOf(bytes, algorithm) }
}

export function descriptorOf({ mediaType, digest, size }: BuiltBlob): BuiltDescriptor {
  return { mediaType, digest, size }
}

/** One file as an uncompressed tar archive (POSIX ustar). */
export function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512)
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`
  header.write(name, 0)
  header.write(octal(0o644, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(content.length, 12), 124)
  header.write(octal(0, 12), 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512)
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)])
}

interface ImageParts {
  format?: Format
  /** `os/arch[/variant]`. */
  platform?: string
  /** Content of the one file in each layer. */
  layers?: (string | Buffer)[]
  algorithm?: Algorithm
  annotations?: Record<string, string>
  /** What this image is about. */
  subject?: BuiltBlob
  artifactType?: string
}

/** An image for one platform: config, gzip layers, manifest. */
export function buildImage({
  format = 'oci',
  platform = 'linux/amd64',
  layers = ['hello'],
  algorithm = 'sha256',
  annotations,
  subject,
  artifactType,
}: ImageParts = {}): BuiltImage {
  const tars = layers.map((content, place) => tarOf(`file-${place}`, Buffer.from(content)))
  const layerType = format === 'oci' ? OCI_LAYER : DOCKER_LAYER
  const built = tars.map((tar) => buildBlob(gzipSync(tar, { level: 1 }), layerType, algorithm))
  const [os, architecture, variant] = platform.split('/')
  const config = json({
    architecture,
    os,
    ...(variant && { variant }),
    config: {},
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) },
    history: tars.map(() => ({ created_by: 'test' })),
  })
  const configBlob = buildBlob(config, format === 'oci' ? OCI_CONFIG : DOCKER_CONFIG, algorithm)
  return buildManifest({
    mediaType: format === 'oci' ? OCI_MANIFEST : DOCKER_MANIFEST,
    algorithm,
    platform,
    blobs: [configBlob, ...built],
    json: {
      config: descriptorOf(configBlob),
      layers: built.map(descriptorOf),
      ...(annotations && { annotations }),
      ...(subject && { subject: descriptorOf(subject) }),
      ...(artifactType && { artifactType }),
    },
  })
}

interface IndexParts {
  format?: Format
  algorithm?: Algorithm
  annotations?: Record<string, string>
  subject?: BuiltBlob
  artifactType?: string
  /** Added to the descriptor of the child in this place. */
  extra?: Record<string, unknown>[]
}

/** An index (docker: a manifest list) of images and of other indexes. */
export function buildIndex(
  children: BuiltImage[],
  { format = 'oci', algorithm = 'sha256', extra = [], ...parts }: IndexParts = {},
): BuiltImage {
  const manifests = children.map((child, place) => ({
    ...descriptorOf(child),
    ...(child.platform && { platform: platformOf(child.platform) }),
    ...extra[place],
  }))
  return buildManifest({
    mediaType: format === 'oci' ? OCI_INDEX : DOCKER_LIST,
    algorithm,
    blobs: children.flatMap(({ blobs }) => blobs),
    manifests: children.flatMap((child) => child.manifests),
    json: {
      manifests,
      ...(parts.annotations && { annotations: parts.annotations }),
      ...(parts.subject && { subject: descriptorOf(parts.subject) }),
      ...(parts.artifactType && { artifactType: parts.artifactType }),
    },
  })
}

interface ArtifactParts {
  artifactType: string
  subject?: BuiltBlob
  /** Content of its one layer. */
  content?: string
  annotations?: Record<string, string>
}

/** An artifact as image-spec 1.1 has it: the empty config, one layer of any kind, perhaps a subject. */
export function buildArtifact({
  artifactType,
  subject,
  content = 'signature',
  annotations,
}: ArtifactParts): BuiltImage {
  const config = buildBlob(Buffer.from('{}'), OCI_EMPTY)
  const layer = buildBlob(Buffer.from(content), 'application/octet-stream')
  return buildManifest({
    mediaType: OCI_MANIFEST,
    blobs: [config, layer],
    json: {
      artifactType,
      config: descriptorOf(config),
      layers: [descriptorOf(layer)],
      ...(subject && { subject: descriptorOf(subject) }),
      ...(annotations && { annotations }),
    },
  })
}

interface ManifestParts {
  mediaType: string
  json: Record<string, unknown>
  blobs?: BuiltBlob[]
  manifests?: BuiltBlob[]
  algorithm?: Algorithm
  platform?: string
}

/** A manifest with any content, for those that are not as they should be. */
export function buildManifest(parts: ManifestParts): BuiltImage {
  const { mediaType, algorithm = 'sha256', platform } = parts
  const whole = { schemaVersion: 2, mediaType, ...parts.json }
  const own = buildBlob(json(whole), mediaType, algorithm)
  return {
    ...own,
    json: whole,
    blobs: once(parts.blobs ?? []),
    manifests: once([...(parts.manifests ?? []), own]),
    ...(platform && !isIndex(mediaType) && { platform }),
  }
}

function platformOf(platform: string): Record<string, string> {
  const [os = '', architecture = '', variant] = platform.split('/')
  return { os, architecture, ...(variant && { variant }) }
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value, null, 2))
}

function once(blobs: BuiltBlob[]): BuiltBlob[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()]
}
