import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { Cypress, type YtFault, YtRefusal } from '@/test/support/yt-cypress'

/** What a test makes of a request, instead of or after carrying it out. */
export type Trouble =
  /** A status without a body. */
  | { status: number }
  | { redirect: string }
  /** An error in the header. */
  | { error: YtFault }
  /** An error in the trailer, after this many bytes of the body. */
  | { trailer: YtFault; after: number }
  /** The body ends after this many bytes as if that were all: the length is wrong. */
  | { short: number }
  /** The connection breaks after this many bytes of the body. */
  | { cut: number }
  /** The command is carried out, and the connection breaks before the answer. */
  | 'lost'
  /** No answer ever. */
  | 'silence'

export interface YtRequest {
  /** Origin of the proxy that was asked. */
  proxy: string
  command: string
  parameters: Record<string, unknown>
  token: string | undefined
}

export interface TestYt {
  cypress: Cypress
  /** Origin of the cluster's own proxy, which carries no file contents. */
  proxy: string
  /** Origins of the heavy ones, the least loaded first. */
  heavy: string[]
  /** `yt+http://127.0.0.1:…//path`. */
  place(path: string, query?: string): string
  requests: YtRequest[]
  trouble: (request: YtRequest) => Trouble | undefined
  close(): Promise<void>
}

/** Method of each command (YTsaurus documentation, “HTTP proxy”): by whether it has input, or changes something. */
const methods: Record<string, string> = {
  exists: 'GET',
  get: 'GET',
  list: 'GET',
  check_permission: 'GET',
  read_file: 'GET',
  set: 'PUT',
  write_file: 'PUT',
  create: 'POST',
  move: 'POST',
  remove: 'POST',
  start_transaction: 'POST',
  ping_transaction: 'POST',
  commit_transaction: 'POST',
  abort_transaction: 'POST',
}

/**
 * A YTsaurus cluster as the public description of its HTTP API (version 4) has it: one light and two heavy proxies on the
 * loopback, over a tree in memory. `root` with the token `service-token` may do everything.
 */
export async function startYt(): Promise<TestYt> {
  const cypress = new Cypress()
  cypress.addUser('root', 'service-token')
  const servers: Server[] = []
  const open = async (isHeavy: boolean) => {
    const server = createServer((request, response) => serve(yt, isHeavy, request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const proxy = await open(false)
  const yt: TestYt = {
    cypress,
    proxy,
    heavy: [await open(true), await open(true)],
    place: (path, query = '') => `${proxy.replace('http:', 'yt+http:')}${path}${query}`,
    requests: [],
    trouble: () => undefined,
    async close() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
  return yt
}

async function serve(
  yt: TestYt,
  isHeavy: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const proxy = `http://${request.headers.host}`
  const command = request.url?.replace('/api/v4/', '') ?? ''
  const token = /^OAuth (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const given = request.headers['x-yt-parameters']
  const asked: YtRequest = {
    proxy,
    command,
    parameters: given === undefined ? {} : JSON.parse(String(given)),
    token,
  }
  yt.requests.push(asked)
  const trouble = yt.trouble(asked)
  if (trouble === 'silence') return
  if (typeof trouble === 'object') {
    if ('status' in trouble) return void response.writeHead(trouble.status).end()
    if ('redirect' in trouble) {
      return void response.writeHead(307, { location: `${trouble.redirect}/api/v4/${command}` }).end()
    }
    if ('error' in trouble) return answerFault(response, trouble.error)
  }
  if (command === '/hosts')
    return void response.end(JSON.stringify(yt.heavy.map((each) => new URL(each).host)))
  const user = token === undefined ? undefined : yt.cypress.users.get(token)
  if (user === undefined) {
    return answerFault(response, { code: 900, message: 'Authentication failed' }, 401)
  }
  if (command === '/auth/whoami') return void response.end(JSON.stringify({ login: user, realm: 'oauth' }))
  if (request.method !== methods[command]) return void response.writeHead(404).end()
  const isFile = command === 'read_file' || command === 'write_file'
  if (isFile !== isHeavy) return void response.writeHead(503).end()
  await carryOut(yt, { ...asked, user, trouble }, request, response).catch((error) => {
    if (error instanceof YtRefusal) answerFault(response, error.fault)
    else response.destroy(error)
  })
}

async function carryOut(
  { cypress }: TestYt,
  { command, parameters, user, trouble }: YtRequest & { user: string; trouble: Trouble | undefined },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (command === 'read_file') return sendFile(response, cypress.readFile(user, parameters), trouble)
  if (command === 'write_file') {
    const content = await buffer(request)
    cypress.writeFile(user, parameters, content)
    if (trouble === 'lost') return void response.destroy()
    return sendFile(response, Buffer.alloc(0), trouble)
  }
  const body = await buffer(request)
  const input = body.length === 0 ? undefined : JSON.parse(body.toString())
  const result = cypress.execute(user, command, parameters, input)
  if (trouble === 'lost') return void response.destroy()
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(result ?? {}))
}

function sendFile(response: ServerResponse, content: Buffer, trouble: Trouble | undefined): void {
  const { trailer, after, short, cut } = {
    ...(typeof trouble === 'object'
      ? (trouble as { trailer?: YtFault; after?: number; short?: number; cut?: number })
      : {}),
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', trailer: 'X-YT-Error' })
  response.flushHeaders()
  if (cut !== undefined) return void response.write(content.subarray(0, cut), () => response.destroy())
  if (trailer === undefined) return void response.end(content.subarray(0, short ?? content.length))
  response.write(content.subarray(0, after))
  response.addTrailers({ 'X-YT-Error': JSON.stringify(trailer) })
  response.end()
}

function answerFault(response: ServerResponse, fault: YtFault, status = 400): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-yt-error': JSON.stringify(fault),
    'x-yt-response-code': String(fault.code),
    'x-yt-response-message': fault.message,
  })
  response.end(JSON.stringify(fault))
}
