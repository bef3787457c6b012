import { connect, type Socket } from 'node:net'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { limits } from '@/server/http/hardened-server'
import { openTestContext } from '@/test/support/context'
import { startTestProxy } from '@/test/support/proxy'
import { exchange, statuses } from '@/test/support/raw-socket'
import { storeFile } from '@/test/support/stored-file'
import { openTunnel } from '@/test/support/tunnel'

/* What clients send by accident or on purpose: it is refused or ended, and others do not notice. */

const ctx = await openTestContext()
const proxy = await startTestProxy(ctx)
const uri = 'http://files.example.org/a'
await storeFile(ctx, uri, 'content')
await storeFile(ctx, 'http://files.example.org/large', Buffer.alloc(8_000_000))

const open: Socket[] = []
afterAll(() => {
  for (const socket of open) socket.destroy()
})
const connected = () =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect(proxy.port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
    open.push(socket)
  })

const head = `GET ${uri} HTTP/1.1\r\nHost: files.example.org\r\n`
const post = head.replace('GET', 'POST')
async function expectServed() {
  const answer = await exchange(proxy.port, `${head}Connection: close\r\n\r\n`)
  expect(answer.endsWith('\r\n\r\ncontent')).toBe(true)
}

describe('requests that two parsers could read differently', () => {
  it.each([
    [
      'a length and a transfer encoding',
      `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two lengths', `${post}Content-Length: 4\r\nContent-Length: 5\r\n\r\n`],
    ['a length that is no number', `${post}Content-Length: +4\r\n\r\n`],
    ['an unknown transfer encoding', `${post}Transfer-Encoding: xchunked\r\n\r\n`],
    ['a space before the colon', `${post}Transfer-Encoding : chunked\r\n\r\n`],
    ['a folded header', `${head}X-A: b\r\n c\r\n\r\n`],
    ['bare line feeds', `GET ${uri} HTTP/1.1\nHost: files.example.org\n\n`],
    ['a bare carriage return', `${head}X-A: b\rc\r\n\r\n`],
    ['a NUL', `${head}X-A: b\0c\r\n\r\n`],
    ['two hosts', `${head}Host: other.example.org\r\n\r\n`],
    ['no host', `GET ${uri} HTTP/1.1\r\nConnection: close\r\n\r\n`],
    ['a space in the target', `GET ${uri} b HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a version that there is not', `GET ${uri} HTTP/9.9\r\nHost: a\r\n\r\n`],
    ['a method that there is not', `FETCH ${uri} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['bytes that are no HTTP', Buffer.from('\x00\xff\x16\x03garbage\r\n\r\n', 'latin1')],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('%s: 400', async (_title, bytes) => {
    const answer = await exchange(proxy.port, bytes, { until: '\r\n\r\n' })
    expect(statuses(answer)).toEqual([400])
    await expectServed()
  })

  it('never let a second request through', async () => {
    const smuggled = `0\r\n\r\n${head}\r\n`
    const bytes = `${post}Content-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n\r\n${smuggled}`
    expect(statuses(await exchange(proxy.port, bytes))).toEqual([400])
  })
})

describe('absurd headers', () => {
  it.each([
    ['one very long', `X-A: ${'a'.repeat(20_000)}\r\n`],
    ['very many', Array.from({ length: 3000 }, (_, index) => `X-${index}: a\r\n`).join('')],
  ])('%s: 431', async (_title, fields) => {
    expect(statuses(await exchange(proxy.port, `${head}${fields}\r\n`))).toEqual([431])
    await expectServed()
  })
})

describe('bodies that nobody asked for', () => {
  it('are not waited for, and do not become the next request', async () => {
    const bytes = `${post}Content-Length: 9\r\n\r\nGET / HTT${head}Connection: close\r\n\r\n`
    expect(statuses(await exchange(proxy.port, bytes))).toEqual([405, 200])
    const expecting = `${head}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n`
    expect(statuses(await exchange(proxy.port, expecting, { until: 'content' }))).toEqual([200])
  })
})

it('slow clients are let go: silent ones, and those that stop in a header, in a tunnel, in a handshake', async () => {
  const connect = 'CONNECT files.example.org:443 HTTP/1.1\r\nHost: a\r\n\r\n'
  const slow = ['', head, connect, `${connect}\x16\x03\x01\x02`].map((bytes) =>
    exchange(proxy.port, Buffer.from(bytes, 'latin1')),
  )
  await expectServed()
  const answers = await Promise.all(slow)
  expect(answers.map(statuses)).toEqual([[408], [408], [200], [200]])
})

describe('clients that leave', () => {
  it('in the middle of an answer, of a handshake, of a request, cost nobody anything', async () => {
    const failures = vi.fn()
    process.on('uncaughtException', failures)
    onTestFinished(() => void process.off('uncaughtException', failures))
    for (const bytes of [
      'GET http://files.example.org/large HTTP/1.1\r\nHost: a\r\n\r\n',
      'CONNECT files.example.org:443 HTTP/1.1\r\nHost: a\r\n\r\n\x16\x03\x01',
      'CONNECT files.example.org:443 HTTP/1.1\r\nHost: a\r\n\r\n',
      head,
      '',
    ]) {
      const sockets = await Promise.all(Array.from({ length: 20 }, connected))
      for (const socket of sockets) socket.write(Buffer.from(bytes, 'latin1'))
      await expectServed()
      for (const socket of sockets) socket.resetAndDestroy()
    }
    await expectServed()
    expect(failures).not.toHaveBeenCalled()
  })

  it('half only, still get their answer', async () => {
    const socket = await connected()
    socket.end(`${head}\r\n`)
    const answer = await new Promise<string>((resolve) => {
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
    })
    expect(answer.endsWith('content')).toBe(true)
  })
})

it('clients that are refused a tunnel and never close lose their connection all the same', async () => {
  const socket = await connected()
  const ended = new Promise((resolve) => socket.once('close', resolve))
  socket.on('end', () => socket.pause())
  socket.write('CONNECT nonsense HTTP/1.1\r\nHost: a\r\n\r\n')
  socket.resume()
  await ended
})

describe('crowds', () => {
  it('of idle connections and tunnels leave room for others', async () => {
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 75 }, connected))
      const tunnels = Array.from({ length: 25 }, () => openTunnel(proxy.port, 'files.example.org:80'))
      open.push(...(await Promise.all(tunnels)))
    }
    const started = performance.now()
    await expectServed()
    expect(performance.now() - started).toBeLessThan(limits.headers)
  })

  it('of readers that do not read cost little memory, and nobody else their answer', async () => {
    const before = process.memoryUsage().rss
    const readers = await Promise.all(Array.from({ length: 200 }, connected))
    for (const socket of readers) {
      socket.pause()
      socket.write('GET http://files.example.org/large HTTP/1.1\r\nHost: a\r\n\r\n')
    }
    await expectServed()
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024)
    for (const socket of readers) socket.destroy()
  })
})
