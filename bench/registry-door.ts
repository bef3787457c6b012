import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { request } from 'undici'

const run = promisify(execFile)

/** A registry as its clients reach it. */
export interface Door {
  port: number
  /** The Authorization of pushes, if they need one. */
  authorization: string | undefined
}

export interface Content {
  digest: string
  bytes: Buffer
}

export const contentOf = (bytes: Buffer): Content => ({
  bytes,
  digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
})

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const NAME = 'bench/image'
export const manifestTarget = (reference: string) => `/v2/${NAME}/manifests/${reference}`
export const blobTarget = ({ digest }: Content) => `/v2/${NAME}/blobs/${digest}`

async function send(
  door: Door,
  method: 'POST' | 'PUT',
  target: string,
  body?: Buffer | AsyncIterable<Buffer>,
  type?: string,
) {
  const url = new URL(target, `http://127.0.0.1:${door.port}`)
  const answer = await request(url, {
    method,
    headers: {
      ...(door.authorization !== undefined && { authorization: door.authorization }),
      ...(type !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body: body as Buffer }),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${method} ${target}: ${answer.statusCode} ${text}`)
  return new URL(String(answer.headers.location ?? ''), url)
}

function withDigest(location: URL, digest: string): string {
  location.searchParams.set('digest', digest)
  return location.href
}

/** Pushes a content that may be made while it is sent. */
export async function pushBlob(
  door: Door,
  { digest, bytes }: { digest: string; bytes: Buffer | AsyncIterable<Buffer> },
): Promise<void> {
  const location = await send(door, 'POST', `/v2/${NAME}/blobs/uploads/`)
  await send(door, 'PUT', withDigest(location, digest), bytes, 'application/octet-stream')
}

/** An image of ten layers, each a few bytes: its manifest is as large as those that people pull. @returns the manifest. */
export async function pushImage(door: Door, tag: string): Promise<Content> {
  const config = contentOf(Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux' })))
  const layers = Array.from({ length: 10 }, (_, place) => contentOf(Buffer.from(`layer ${place}`)))
  for (const content of [config, ...layers]) await pushBlob(door, content)
  const described = ({ digest, bytes }: Content, mediaType: string) => ({
    mediaType,
    digest,
    size: bytes.length,
  })
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: described(config, 'application/vnd.oci.image.config.v1+json'),
    layers: layers.map((layer) => described(layer, 'application/vnd.oci.image.layer.v1.tar+gzip')),
  }
  const content = contentOf(Buffer.from(JSON.stringify(manifest, null, 2)))
  await send(door, 'PUT', manifestTarget(tag), content.bytes, MANIFEST)
  return content
}

/** A file of bytes that no registry has. @returns its digest. */
export async function writeUnknown(file: string, size: number): Promise<string> {
  const block = randomBytes(1024 * 1024)
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at += block.length) {
    block.writeUInt32LE(at, 0)
    block.copy(bytes, at)
  }
  await writeFile(file, bytes)
  return contentOf(bytes).digest
}

/**
 * Pushes a file as docker does, POST, PATCH and PUT, with curl. What its processes take to start does not count.
 * @returns bytes a second.
 */
export async function pushFile(
  door: Door,
  file: { path: string; digest: string; size: number },
): Promise<number> {
  const own = [
    ...[
      '-q',
      '-sS',
      '--fail',
      '--max-time',
      '120',
      '-o',
      '/dev/null',
      '-w',
      '%{time_total} %header{location}',
    ],
    ...(door.authorization === undefined ? [] : ['-H', `Authorization: ${door.authorization}`]),
    ...['-H', 'Content-Type: application/octet-stream', '-H', 'Expect:'],
  ]
  let seconds = 0
  const curl = async (...args: string[]) => {
    const [took = '', location = ''] = (await run('curl', [...own, ...args])).stdout.split(' ')
    seconds += Number(took)
    return location
  }
  const base = `http://127.0.0.1:${door.port}`
  const begun = await curl('-X', 'POST', `${base}/v2/${NAME}/blobs/uploads/`)
  const filled = await curl('-X', 'PATCH', '-T', file.path, new URL(begun, base).href)
  await curl('-X', 'PUT', '-H', 'Content-Length: 0', withDigest(new URL(filled, base), file.digest))
  return file.size / seconds
}
