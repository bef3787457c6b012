import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { OCI_INDEX } from '@/server/oci/media-types'
import type { BuiltBlob, BuiltImage } from '@/test/support/build-image'
import type { ServerIdentity } from '@/test/support/tls'

/** What a registry does that it should not, or need not. All may be changed while it runs. */
export interface Behaviour {
  /** `token`: Bearer with a token service of its own; anonymous unless there are `credentials`. */
  auth: 'none' | 'token' | 'basic'
  credentials?: { username: string; password: string }
  /** Of the token service, if it is another than its own. */
  realm?: string
  /** Tokens are taken for so many requests. */
  tokenUses: number
  /** Without it there is only the fallback tag. */
  referrersApi: boolean
  /** Referrers on one page. */
  pageSize: number
  /** Where a blob is instead. */
  redirect?: (digest: string) => string | undefined
  /** Answers this before all else. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Breaks off after so many bytes of this blob, once. */
  cut: Map<string, number>
  /** Is sent instead of what has this digest. */
  wrong: Map<string, Buffer>
  /** The Content-Type of manifests, if it is not their own. */
  contentType?: string
}

export interface UpstreamRegistry {
  origin: string
  /** As images are declared: `127.0.0.1:40123`. */
  name: string
  requests: { method: string; url: string; headers: IncomingMessage['headers'] }[]
  behaviour: Behaviour
  /** Makes an image and all below it pullable, and points a tag to it. */
  push(repository: string, image: BuiltImage, tag?: string): void
  /** Requests for this content, by GET. */
  pulls(digest: string): number
  close(): Promise<void>
}

interface Repository {
  blobs: Map<string, BuiltBlob>
  manifests: Map<string, BuiltBlob>
  tags: Map<string, string>
}

interface Options {
  tls?: ServerIdentity
  /** Listens here. */
  host?: string
  /** Under this name it is known to clients, if not under its address. */
  name?: string
  behaviour?: Partial<Behaviour>
}

/** A registry in memory, on the loopback, that is pulled from (OCI distribution-spec 1.1). */
export async function startRegistry({
  tls,
  host = '127.0.0.1',
  name = host,
  behaviour = {},
}: Options = {}): Promise<UpstreamRegistry> {
  const repositories = new Map<string, Repository>()
  const sockets = new Set<Socket>()
  const tokens = new Map<string, number>()
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    registry.requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers })
    if (registry.behaviour.intercept?.(request, response)) return
    const url = new URL(request.url ?? '', registry.origin)
    if (url.pathname === '/token') return giveToken(registry, tokens, request, response)
    if (!isSignedIn(registry.behaviour, tokens, request)) return challenge(registry, url, response)
    if (url.pathname === '/v2/') return void response.writeHead(200, { 'content-length': 2 }).end('{}')
    answer(registry, repositories, url, request, response)
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  const registry: UpstreamRegistry = {
    origin: `${tls ? 'https' : 'http'}://${name}:${port}`,
    name: `${name}:${port}`,
    requests: [],
    behaviour: {
      auth: 'none',
      tokenUses: Number.POSITIVE_INFINITY,
      referrersApi: true,
      pageSize: 100,
      cut: new Map(),
      wrong: new Map(),
      ...behaviour,
    },
    push(repository, image, tag) {
      const known = repositories.get(repository) ?? {
        blobs: new Map(),
        manifests: new Map(),
        tags: new Map(),
      }
      repositories.set(repository, known)
      for (const blob of image.blobs) known.blobs.set(blob.digest, blob)
      for (const manifest of image.manifests) known.manifests.set(manifest.digest, manifest)
      if (tag) known.tags.set(tag, image.digest)
    },
    pulls: (digest) =>
      registry.requests.filter(({ method, url }) => method === 'GET' && url.includes(digest)).length,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return registry
}

function giveToken(
  { behaviour }: UpstreamRegistry,
  tokens: Map<string, number>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (behaviour.credentials && !hasBasic(behaviour.credentials, request)) {
    response.writeHead(401).end()
    return
  }
  const token = randomUUID()
  tokens.set(token, behaviour.tokenUses)
  json(response, 200, { token, expires_in: 300 })
}

function isSignedIn(
  { auth, credentials }: Behaviour,
  tokens: Map<string, number>,
  request: IncomingMessage,
): boolean {
  if (auth === 'none') return true
  if (auth === 'basic') return credentials !== undefined && hasBasic(credentials, request)
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const left = tokens.get(token) ?? 0
  tokens.set(token, left - 1)
  return left > 0
}

function hasBasic(
  { username, password }: { username: string; password: string },
  { headers }: IncomingMessage,
): boolean {
  return headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function challenge({ origin, behaviour }: UpstreamRegistry, url: URL, response: ServerResponse): void {
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs|referrers)\//.exec(url.pathname)?.[1]
  const scope = repository === undefined ? '' : `,scope="repository:${repository}:pull"`
  const field =
    behaviour.auth === 'basic'
      ? 'Basic realm="test"'
      : `Bearer realm="${behaviour.realm ?? `${origin}/token`}",service="test registry"${scope}`
  response.setHeader('www-authenticate', field)
  fault(response, 401, 'UNAUTHORIZED')
}

function answer(
  registry: UpstreamRegistry,
  repositories: Map<string, Repository>,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [, name = '', kind, reference = ''] =
    /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/]+)$/.exec(url.pathname) ?? []
  const repository = repositories.get(name)
  if (!repository) fault(response, 404, 'NAME_UNKNOWN')
  else if (kind === 'referrers') listReferrers(registry, repository, { url, digest: reference }, response)
  else if (kind === 'blobs') sendBlob(registry, repository.blobs.get(reference), request, response)
  else {
    const digest = repository.tags.get(reference) ?? reference
    sendManifest(registry, repository.manifests.get(digest), request, response)
  }
}

function sendManifest(
  { behaviour }: UpstreamRegistry,
  manifest: BuiltBlob | undefined,
  { method }: IncomingMessage,
  response: ServerResponse,
): void {
  if (!manifest) {
    fault(response, 404, 'MANIFEST_UNKNOWN')
    return
  }
  const bytes = behaviour.wrong.get(manifest.digest) ?? manifest.bytes
  response.writeHead(200, {
    'content-type': behaviour.contentType ?? manifest.mediaType,
    'content-length': bytes.length,
    'docker-content-digest': manifest.digest,
  })
  response.end(method === 'HEAD' ? undefined : bytes)
}

function sendBlob(
  { behaviour }: UpstreamRegistry,
  blob: BuiltBlob | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const elsewhere = blob && behaviour.redirect?.(blob.digest)
  if (!blob) fault(response, 404, 'BLOB_UNKNOWN')
  else if (elsewhere !== undefined) response.writeHead(307, { location: elsewhere }).end()
  else sendBytes(behaviour, blob, request, response)
}

function sendBytes(
  behaviour: Behaviour,
  { digest, bytes: own }: BuiltBlob,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const bytes = behaviour.wrong.get(digest) ?? own
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  response.writeHead(from > 0 ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': bytes.length - from,
    ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
  })
  const cut = behaviour.cut.get(digest)
  behaviour.cut.delete(digest)
  if (cut === undefined) response.end(bytes.subarray(from))
  else response.write(bytes.subarray(from, from + cut), () => response.socket?.destroy())
}

function listReferrers(
  { behaviour }: UpstreamRegistry,
  { manifests }: Repository,
  { url, digest }: { url: URL; digest: string },
  response: ServerResponse,
): void {
  if (!behaviour.referrersApi) {
    fault(response, 404, 'UNSUPPORTED')
    return
  }
  const found = [...manifests.values()].flatMap((manifest) => {
    const parsed = JSON.parse(manifest.bytes.toString('utf8'))
    if (parsed.subject?.digest !== digest) return []
    const artifactType = parsed.artifactType ?? parsed.config?.mediaType
    const { mediaType, size } = manifest
    return [{ mediaType, digest: manifest.digest, size, artifactType, annotations: parsed.annotations }]
  })
  const first = Number(url.searchParams.get('from') ?? 0)
  const rest = first + behaviour.pageSize
  if (rest < found.length) response.setHeader('link', `<${url.pathname}?from=${rest}>; rel="next"`)
  const page = found.slice(first, rest)
  json(response, 200, { schemaVersion: 2, mediaType: OCI_INDEX, manifests: page }, OCI_INDEX)
}

function fault(response: ServerResponse, status: number, code: string): void {
  json(response, status, { errors: [{ code, message: code }] })
}

function json(response: ServerResponse, status: number, value: unknown, type = 'application/json'): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body)
}
