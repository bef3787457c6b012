import type { ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type HttpServer, limits, openHttpServer } from '@/server/http/hardened-server'
import { exchange, statuses } from '@/test/support/raw-socket'

const servers: HttpServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function open(handle: (response: ServerResponse) => void) {
  const server = await openHttpServer({ host: '127.0.0.1', port: 0 }, (_request, response) =>
    handle(response),
  )
  servers.push(server)
  return server
}

const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

describe('closing', () => {
  it('ends idle connections at once', async () => {
    const server = await open((response) => response.end('ok'))
    const idle = exchange(server.port, request)
    await vi.waitFor(async () => expect(await connections(server)).toBe(1))
    const started = performance.now()
    await server.close()
    // Those that are not idle are ended by force by then.
    expect(performance.now() - started).toBeLessThan(limits.drain)
    expect(statuses(await idle)).toEqual([200])
  })

  it('lets a request under way finish, and accepts no more', async () => {
    let finish: (() => void) | undefined
    const server = await open((response) => {
      response.write('half ')
      finish = () => response.end('done')
    })
    const answered = exchange(server.port, request)
    await vi.waitFor(() => expect(finish).toBeDefined())
    const closed = server.close()
    await expect(connected(server.port)).rejects.toThrow('ECONNREFUSED')
    finish?.()
    expect(await answered).toContain('done')
    await closed
  })
})

it('ends with an error when its port is taken', async () => {
  const { port } = await open((response) => response.end())
  await expect(openHttpServer({ host: '127.0.0.1', port }, () => undefined)).rejects.toThrow('EADDRINUSE')
})

it('says nothing into an answer that is under way when the next request cannot be read', async () => {
  const server = await open((response) => {
    response.writeHead(200, ['Content-Length', '10'])
    response.write('half')
  })
  const answer = await exchange(server.port, `${request}\0garbage\r\n\r\n`)
  expect(answer).not.toContain('400')
})

function connections(server: HttpServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
}
