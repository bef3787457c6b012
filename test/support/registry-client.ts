import { randomBytes } from 'node:crypto'
import { Agent, request } from 'undici'
import { expect } from 'vitest'
import { OCI_INDEX, OCI_MANIFEST } from '@/server/oci/media-types'
import { type Algorithm, type BuiltBlob, type BuiltImage, buildBlob } from '@/test/support/build-image'

// A client of the registry protocol that hides nothing: each method is one request, and answers are as they came.

const agent = new Agent({ keepAliveTimeout: 1_000, pipelining: 1 })

/** Codes that an error may have (OCI distribution-spec 1.1, “Error Codes”). */
const CODES = new Set([
  ...[
    'BLOB_UNKNOWN',
    'BLOB_UPLOAD_INVALID',
    'BLOB_UPLOAD_UNKNOWN',
    'DIGEST_INVALID',
    'MANIFEST_BLOB_UNKNOWN',
  ],
  ...['MANIFEST_INVALID', 'MANIFEST_UNKNOWN', 'NAME_INVALID', 'NAME_UNKNOWN', 'SIZE_INVALID', 'UNAUTHORIZED'],
  ...['DENIED', 'UNSUPPORTED', 'TOOMANYREQUESTS'],
])

export interface RegistryAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
  /** One field, several lines of it joined by commas; empty when there is none. */
  header(name: string): string
  json<T = Record<string, unknown>>(): T
  /** The codes of its errors. */
  codes: string[]
}

export interface RegistryCall {
  headers?: Record<string, string | string[]>
  /** An async iterable goes out with `Transfer-Encoding: chunked`. */
  body?: Buffer | AsyncIterable<Buffer>
  query?: Record<string, string | string[]>
}

export interface RegistryClient {
  base: string
  authorization: string | undefined
  call(method: string, path: string, call?: RegistryCall): Promise<RegistryAnswer>
  get(path: string, call?: RegistryCall): Promise<RegistryAnswer>
  head(path: string, call?: RegistryCall): Promise<RegistryAnswer>
  put(path: string, call?: RegistryCall): Promise<RegistryAnswer>
  post(path: string, call?: RegistryCall): Promise<RegistryAnswer>
  patch(path: string, call?: RegistryCall): Promise<RegistryAnswer>
  delete(path: string, call?: RegistryCall): Promise<RegistryAnswer>
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** @param host of the Host header, if it is to be another than that of the base. */
export function registryClient(base: string, authorization?: string, host?: string): RegistryClient {
  const call = (method: string, path: string, { headers, ...options }: RegistryCall = {}) => {
    const named = { ...(host !== undefined && { host }), ...headers }
    return send({ method, url: new URL(path, base), authorization, headers: named, ...options })
  }
  const by = (method: string) => (path: string, options?: RegistryCall) => call(method, path, options)
  return {
    ...{ base, authorization, call, get: by('GET'), head: by('HEAD'), put: by('PUT'), post: by('POST') },
    ...{ patch: by('PATCH'), delete: by('DELETE') },
  }
}

interface Sending extends RegistryCall {
  method: string
  url: URL
  authorization: string | undefined
}

async function send({ method, url, authorization, headers, body, query = {} }: Sending) {
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat()) url.searchParams.append(name, value)
  }
  const answer = await request(url, {
    method: method as 'GET',
    dispatcher: agent,
    headers: { ...(authorization !== undefined && { authorization }), ...headers },
    ...(body !== undefined && { body: body as Buffer }),
  })
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  const header = (name: string) => [answer.headers[name.toLowerCase()] ?? []].flat().join(', ')
  const isJson = /^application\/json\b/.test(header('content-type'))
  const isFault = answer.statusCode >= 400 && isJson && bytes.length > 0
  const codes = isFault ? codesOf(bytes, answer.statusCode) : []
  const json = <T>() => JSON.parse(bytes.toString('utf8')) as T
  return { status: answer.statusCode, headers: answer.headers, body: bytes, header, json, codes }
}

/** Every error body has the one form there is, whatever a test was looking for. */
function codesOf(body: Buffer, status: number): string[] {
  const { errors } = JSON.parse(body.toString('utf8')) as { errors: { code: string; message?: string }[] }
  expect(errors.length).toBeGreaterThan(0)
  const codes = errors.map(({ code }) => code)
  if (status < 500) expect(codes.filter((code) => !CODES.has(code))).toEqual([])
  return codes
}

export const blobPath = (name: string, digest: string) => `/v2/${name}/blobs/${digest}`
export const manifestPath = (name: string, reference: string) => `/v2/${name}/manifests/${reference}`
export const uploadsPath = (name: string) => `/v2/${name}/blobs/uploads/`

/** What Go's clients of OCI contents send with each request for a manifest. */
export const ACCEPT = { accept: [OCI_INDEX, OCI_MANIFEST] }

/** Bytes that nobody has pushed before, as a blob. */
export function newBlob(size = 512, algorithm: Algorithm = 'sha256'): BuiltBlob {
  return buildBlob(randomBytes(size), 'application/octet-stream', algorithm)
}

/** Begins an upload. @returns where it goes on. */
export async function beginUpload(client: RegistryClient, name: string): Promise<string> {
  const answer = await client.post(uploadsPath(name), { headers: { 'content-length': '0' } })
  expect(answer.status).toBe(202)
  return answer.header('location')
}

/** The location of an upload, to be finished as this digest. */
export function finishing(location: string, digest: string, base: string): string {
  const url = new URL(location, base)
  url.searchParams.set('digest', digest)
  return url.href
}

/** POST, then PUT of the whole. */
export async function pushBlob(
  client: RegistryClient,
  name: string,
  blob: BuiltBlob,
): Promise<RegistryAnswer> {
  const location = await beginUpload(client, name)
  const answer = await client.put(finishing(location, blob.digest, client.base), {
    headers: { 'content-type': 'application/octet-stream' },
    body: blob.bytes,
  })
  expect(answer.status).toBe(201)
  return answer
}

export function putManifest(
  client: RegistryClient,
  name: string,
  manifest: BuiltBlob,
  { reference = manifest.digest, ...call }: RegistryCall & { reference?: string } = {},
): Promise<RegistryAnswer> {
  return client.put(manifestPath(name, reference), {
    ...call,
    headers: { 'content-type': manifest.mediaType, ...call.headers },
    body: manifest.bytes,
  })
}

/** A whole image: its blobs, its manifests by digest, and the last of them under the tags. */
export async function pushImage(
  client: RegistryClient,
  name: string,
  image: BuiltImage,
  ...tags: string[]
): Promise<void> {
  for (const blob of image.blobs) await pushBlob(client, name, blob)
  for (const manifest of image.manifests) expect((await putManifest(client, name, manifest)).status).toBe(201)
  for (const reference of tags) {
    expect((await putManifest(client, name, image, { reference })).status).toBe(201)
  }
}
