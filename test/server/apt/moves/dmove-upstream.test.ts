import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { DmoveUpstream } from '@/server/apt/moves/dmove-upstream'
import { logger } from '@/server/logger'
import { reservePorts } from '@/test/support/ports'
import { exchange } from '@/test/support/raw-socket'

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A vhost that passes on to a base URL. */
async function vhost(
  base: string,
  patience: { connectMs?: number; answerMs?: number; stallMs?: number } = {},
) {
  const upstream = new DmoveUpstream({ base, ...patience, log: logger() })
  const passed: Promise<number>[] = []
  const server = createServer((asked, answer) => void passed.push(upstream.pass(asked, answer)))
  server.on('checkContinue', (asked, answer) => void passed.push(upstream.pass(asked, answer)))
  return { port: await listening(server), passed }
}

const driver = async (listener: RequestListener) =>
  `http://127.0.0.1:${await listening(createServer(listener))}`

/** A driver that says these bytes to whatever it is asked, and then does what it is told. */
async function rawDriver(bytes: string, after: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.once('data', () => socket.write(bytes, () => after(socket)))
  })
  return `http://127.0.0.1:${await listening(server)}`
}

const post = (port: number, path = '/dmove', init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: 'pkg=hello', ...init })

describe('a request that is passed on', () => {
  it('arrives as it was sent, and its answer comes back as it was given', async () => {
    const seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = []
    const base = await driver(async (asked, answer) => {
      const { method = '', url = '', headers } = asked
      seen.push({ method, url, headers, body: await text(asked) })
      answer.writeHead(202, 'Taken On', { 'X-Driver': 'old', Connection: 'close, X-Hop', 'X-Hop': '1' })
      answer.end('Dmove successfully complete\n')
    })
    const { port } = await vhost(`${base}/driver/`)
    const body = 'pkg=hello&ver=1.0'
    const said = await exchange(
      port,
      `POST /dmove?repo=a%20b HTTP/1.1\r\nHost: tools.dist.example.org:8088\r\nX-Ticket: 7\r\nX-Ticket: 8\r\n` +
        `Authorization: Bearer secret\r\nProxy-Authorization: Basic no\r\nConnection: close, X-Private\r\nX-Private: 1\r\n` +
        `X-Forwarded-For: 192.0.2.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(said).toMatch(/^HTTP\/1\.1 202 Taken On\r\n/)
    expect(said).toContain('X-Driver: old\r\n')
    expect(said).not.toContain('X-Hop')
    expect(said).toContain('Dmove successfully complete\n')
    expect(seen).toMatchObject([
      {
        ...{ method: 'POST', url: '/driver/dmove?repo=a%20b', body },
        headers: {
          host: 'tools.dist.example.org:8088',
          'x-forwarded-host': 'tools.dist.example.org:8088',
          'x-forwarded-for': '192.0.2.1, 127.0.0.1',
          'x-forwarded-proto': 'http',
          'x-ticket': '7, 8',
          authorization: 'Bearer secret',
          'content-length': String(body.length),
        },
      },
    ])
    expect(seen[0]?.headers).not.toHaveProperty('x-private')
    expect(seen[0]?.headers).not.toHaveProperty('proxy-authorization')
  })

  it('streams both ways, in chunks, after “100 Continue”', async () => {
    const base = await driver((asked, answer) => asked.pipe(answer))
    const { port } = await vhost(base)
    const headers = { expect: '100-continue', 'transfer-encoding': 'chunked' }
    const asking = request({ host: '127.0.0.1', port, path: '/dmove', method: 'POST', headers })
    const answered = once(asking, 'response') as Promise<[IncomingMessage]>
    asking.flushHeaders()
    await once(asking, 'continue')
    asking.write('first')
    const [answer] = await answered
    const [first] = await once(answer, 'data')
    expect(String(first)).toBe('first')
    asking.end('second')
    expect(await text(answer)).toBe('second')
  })

  it('has no body where none was sent', async () => {
    const base = await driver((asked, answer) => answer.end(JSON.stringify([asked.method, asked.headers])))
    const { port } = await vhost(base)
    const answer = await fetch(`http://127.0.0.1:${port}/status`)
    const [method, headers] = (await answer.json()) as [string, Record<string, string>]
    expect([method, headers['content-length'], headers['transfer-encoding']]).toEqual([
      'GET',
      undefined,
      undefined,
    ])
    const head = await fetch(`http://127.0.0.1:${port}/status`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})

describe('a driver that', () => {
  it('is not there is told of', async () => {
    const [free] = await reservePorts(1)
    const { port, passed } = await vhost(`http://127.0.0.1:${free}`)
    const answer = await post(port)
    expect([answer.status, await answer.text()]).toEqual([
      ...[502, `The dmove driver at 127.0.0.1:${free} refused the connection.\n`],
    ])
    expect(await passed[0]).toBe(502)
  })

  it('never answers is given up', async () => {
    const { port } = await vhost(await driver(() => undefined), { answerMs: 100 })
    const answer = await post(port)
    expect([answer.status, await answer.text()]).toMatchObject([
      504,
      expect.stringContaining('within 1 seconds'),
    ])
  })

  it('never takes the connection up is given up before long', async () => {
    const silent = await listening(createTcpServer(() => undefined))
    const { port } = await vhost(`https://127.0.0.1:${silent}`, { connectMs: 100 })
    const answer = await post(port)
    expect([answer.status, await answer.text()]).toEqual([
      ...[504, `The dmove driver at 127.0.0.1:${silent} did not take the connection up within 1 seconds.\n`],
    ])
  })

  it('closes without an answer, or says no HTTP, is told of', async () => {
    const closes = await vhost(await rawDriver('', (socket) => socket.destroy()))
    const first = await post(closes.port)
    expect([first.status, await first.text()]).toMatchObject([
      502,
      expect.stringContaining('closed the connection'),
    ])
    const babbles = await vhost(await rawDriver('SSH-2.0-OpenSSH\r\n\r\n', () => undefined))
    const second = await post(babbles.port)
    expect([second.status, await second.text()]).toMatchObject([502, expect.stringContaining('not HTTP')])
  })

  it.each([
    ['HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n', 'a reason with control characters'],
    ['HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n', 'no status'],
    ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n', 'another protocol'],
  ])('answers %j is told of', async (bytes) => {
    const { port } = await vhost(await rawDriver(bytes, () => undefined), { answerMs: 60_000 })
    const answer = await post(port)
    expect([answer.status, await answer.text()]).toMatchObject([
      502,
      expect.stringContaining('The dmove driver'),
    ])
  })

  it('stops in the middle makes an answer that is seen to be cut', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nDmove succ'
    for (const end of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.end()]) {
      const { port } = await vhost(await rawDriver(head, end))
      await expect(post(port).then((answer) => answer.text())).rejects.toThrow()
    }
    const stalls = await vhost(await rawDriver(head, () => undefined), { stallMs: 100 })
    await expect(post(stalls.port).then((answer) => answer.text())).rejects.toThrow()
  })

  it('cuts chunks makes an answer that is seen to be cut', async () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nDmove\r\n'
    const { port } = await vhost(await rawDriver(head, (socket) => socket.destroy()))
    await expect(post(port).then((answer) => answer.text())).rejects.toThrow()
  })

  it('refuses before it has read everything is heard', async () => {
    const base = await driver((_, answer) => answer.writeHead(413, { Connection: 'close' }).end('too large'))
    const { port } = await vhost(base)
    const answer = await post(port, '/dmove', { body: 'x'.repeat(60_000) })
    expect([answer.status, await answer.text()]).toEqual([413, 'too large'])
  })

  it('is left alone when the client leaves', async () => {
    let left: () => void
    const over = new Promise<void>((resolve) => {
      left = resolve
    })
    const leaving = new AbortController()
    const base = await driver((asked) => {
      asked.socket.on('close', () => left())
      leaving.abort()
    })
    const { port, passed } = await vhost(base)
    await expect(post(port, '/dmove', { signal: leaving.signal })).rejects.toThrow()
    await over
    expect(await passed[0]).toBe(499)
  })
})
