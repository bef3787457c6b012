import { expect, it, vi } from 'vitest'
import { openTestContext } from '@/test/support/context'
import { startTestProxy } from '@/test/support/proxy'
import { exchange } from '@/test/support/raw-socket'
import { storeFile } from '@/test/support/stored-file'
import { http2Over, http2Request, openTunnel, secure } from '@/test/support/tunnel'

const ctx = await openTestContext()

it('a proxy that closes finishes what it began, ends what is idle, and writes what it counted', async () => {
  const proxy = await startTestProxy(ctx)
  const size = 30_000_000
  const file = await storeFile(ctx, 'http://files.example.org/large', Buffer.alloc(size))
  await storeFile(ctx, 'https://files.example.org/small', 'small')

  const silent = await openTunnel(proxy.port, 'files.example.org:443')
  const silentEnds = new Promise((resolve) => silent.once('close', resolve))
  const session = http2Over(
    await secure(await openTunnel(proxy.port, 'files.example.org:443'), {
      ...{ ca: proxy.ca, servername: 'files.example.org', protocols: ['h2'] },
    }),
    'files.example.org',
  )
  expect(await http2Request(session, { ':path': '/small' })).toMatchObject({ status: 200, body: 'small' })
  const sessionEnds = new Promise((resolve) => session.once('close', resolve))

  const download = await openTunnel(proxy.port, 'files.example.org:80')
  let received = 0
  download.once('data', () => download.pause())
  download.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  const downloaded = new Promise((resolve) => download.once('close', resolve))
  download.write('GET /large HTTP/1.1\r\nHost: files.example.org\r\n\r\n')
  await vi.waitFor(() => expect(received).toBeGreaterThan(0))

  // Most of it does not fit between the two: the answer is under way when the proxy is told to end.
  const closed = proxy.close()
  await expect(exchange(proxy.port, 'GET / HTTP/1.1\r\n')).resolves.toBe('')
  download.resume()
  await Promise.all([silentEnds, sessionEnds, downloaded, closed])
  expect(received).toBeGreaterThan(size)
  const rows = await ctx.db.downloadDay.findMany({ where: { fileId: file.id } })
  expect(rows.map(({ count, bytes }) => [count, bytes].map(Number))).toEqual([[1, size]])
})
