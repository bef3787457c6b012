import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { OCI_INDEX, OCI_MANIFEST } from '@/server/oci/media-types'

// Images made of nothing, whole and valid, so that clients can pull the demonstration; a few hundred KiB each.

export interface DemoContent {
  digest: string
  size: number
  mediaType: string
  bytes: Buffer
}

export interface DemoLayer extends DemoContent {
  /** Digest of the archive before it is packed (image-spec, config.md, “rootfs”). */
  diffId: string
}

export interface DemoManifest extends DemoContent {
  config?: DemoContent
  layers: DemoLayer[]
  platform?: string
}

/** A layer with one file; the same for the same name on every machine. */
export function demoLayer(name: string, kib: number): DemoLayer {
  const file = Buffer.concat([...blocksFor(name, kib * 1024)])
  const tar = tarOf(`opt/${name.replaceAll(/[^a-z0-9.]+/gi, '-')}.bin`, file)
  const packed = content('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar, { level: 1 }))
  return { ...packed, diffId: digestOf(tar) }
}

interface ImageParts {
  layers: DemoLayer[]
  platform: string
  subject?: DemoContent
  artifactType?: string
}

/** An image of these layers; with a subject, something about another. */
export function demoImage({ layers, platform, subject, artifactType }: ImageParts): DemoManifest {
  const [os, architecture, variant] = platform.split('/')
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) }
  const config = content(
    'application/vnd.oci.image.config.v1+json',
    JSON.stringify({ os, architecture, ...(variant && { variant }), config: {}, rootfs }),
  )
  const json = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...(artifactType && { artifactType }),
    config: described(config),
    layers: layers.map(described),
    ...(subject && { subject: described(subject) }),
  }
  return { ...content(OCI_MANIFEST, JSON.stringify(json)), config, layers, platform }
}

/** An index of images, by platform. */
export function demoIndex(children: readonly DemoManifest[]): DemoManifest {
  const manifests = children.map((child) => {
    const [os, architecture, variant] = child.platform?.split('/') ?? []
    return { ...described(child), platform: { os, architecture, ...(variant && { variant }) } }
  })
  return {
    ...content(OCI_INDEX, JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })),
    layers: [],
  }
}

function described({ mediaType, digest, size }: DemoContent) {
  return { mediaType, digest, size }
}

function content(mediaType: string, text: string | Buffer): DemoContent {
  const bytes = Buffer.from(text)
  return { digest: digestOf(bytes), size: bytes.length, mediaType, bytes }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function* blocksFor(name: string, size: number): Generator<Buffer> {
  let block = createHash('sha256').update(name).digest()
  for (let left = size; left > 0; left -= block.length) {
    yield block.subarray(0, Math.min(left, block.length))
    block = createHash('sha256').update(block).digest()
  }
}

/** One file as a tar archive (POSIX ustar). */
function tarOf(name: string, file: Buffer): Buffer {
  const header = Buffer.alloc(512)
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`
  header.write(name.slice(0, 99), 0)
  for (const [at, field] of [
    [100, octal(0o755, 8)],
    [108, octal(0, 8)],
    [116, octal(0, 8)],
    [124, octal(file.length, 12)],
    [136, octal(0, 12)],
    [148, '        '],
    [156, '0'],
    [257, 'ustar\x0000'],
  ] as const)
    header.write(field, at)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, file, Buffer.alloc((512 - (file.length % 512)) % 512), Buffer.alloc(1024)])
}
