import { once } from 'node:events'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { openHttpServer } from '@/server/http/hardened-server'
import { type Incoming, incomingOf } from '@/server/http/incoming'
import { exchange, statuses } from '@/test/support/raw-socket'

/** What the test does with a request; its text is the answer. */
let handle: (request: Incoming) => Promise<string> | string = () => ''
let listeners: number[] = []
const server = await openHttpServer(
  { host: '127.0.0.1', port: 0, bodies: { requestTimeout: 5_000 } },
  async (request, response) => {
    listeners.push(request.listenerCount('error') + request.listenerCount('data'))
    response.end(await handle(incomingOf(request, response)))
  },
)
afterAll(() => server.close())
beforeEach(() => {
  listeners = []
})

const ask = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`
const last = ask('GET /last HTTP/1.1', 'Host: a', 'Connection: close')

async function read(request: Incoming): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request.body().iterator({ destroyOnReturn: false })) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

it('a request is told as it was sent, with the client’s address', async () => {
  handle = ({ method, target, fields, address }) => [method, target, fields.host, address()].join(' ')
  const answer = await exchange(
    server.port,
    ask('PURGE /a%2f?b=%00#c HTTP/1.1', 'Host: h', 'Connection: close'),
  )
  expect(answer).toMatch(/PURGE \/a%2f\?b=%00#c h (::ffff:)?127\.0\.0\.1/)
})

it('a body is read, and the next request is another', async () => {
  handle = async (request) => `${request.target} ${await read(request)};`
  const bytes = `${ask('PUT /one HTTP/1.1', 'Host: a', 'Content-Length: 5')}hello${last}`
  const answer = await exchange(server.port, bytes)
  expect([statuses(answer), answer.includes('/one hello;'), answer.includes('/last ;')]).toEqual([
    [200, 200],
    true,
    true,
  ])
})

it('a client that waits is told to go on when its body is asked for, and not before', async () => {
  const expecting = ['PUT /one HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Expect: 100-continue']
  handle = read
  expect(statuses(await exchange(server.port, `${ask(...expecting, 'Connection: close')}hello`))).toEqual([
    100, 200,
  ])
  handle = () => 'not wanted'
  expect(statuses(await exchange(server.port, ask(...expecting)))).toEqual([200])
})

it('a body of which only the beginning is wanted is let through', async () => {
  handle = async (request) => {
    if (request.method === 'GET') return 'next'
    const [part] = await once(request.body(), 'data')
    return `began with ${(part as Buffer).subarray(0, 1)}`
  }
  const body = 'x'.repeat(500_000)
  const answer = await exchange(
    server.port,
    `${ask('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 500000')}${body}${last}`,
  )
  expect(statuses(answer)).toEqual([200, 200])
  expect(answer).toContain('next')
})

it('a connection of many requests gathers no listeners', async () => {
  handle = async (request) => (request.method === 'PUT' ? read(request) : '')
  const one = `${ask('PUT / HTTP/1.1', 'Host: a', 'Content-Length: 1')}x`
  const answer = await exchange(server.port, one.repeat(30) + last)
  expect(statuses(answer)).toHaveLength(31)
  expect(new Set(listeners).size).toBe(1)
})
