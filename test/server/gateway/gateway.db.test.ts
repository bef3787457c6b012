import { X509Certificate } from 'node:crypto'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { listen } from '@/server/events'
import { openGateway } from '@/server/gateway/listener'
import { openMetrics } from '@/server/http/metrics'
import { ensureAuthority, offeredCertificates } from '@/server/proxy/authority-store'
import { openTestContext } from '@/test/support/context'
import { exchange, statuses } from '@/test/support/raw-socket'
import { storeFile } from '@/test/support/stored-file'

const ctx = await openTestContext({ ENTREPOT_PUBLIC_URL: 'https://entrepot.example.org' })
await ensureAuthority(ctx)
const notices = await listen(ctx.pool, ctx.log)
const metrics = openMetrics()
const gateway = await openGateway({ ctx, notices, metrics }, { host: '127.0.0.1', port: 0 })
afterAll(async () => {
  await gateway.close()
  await notices.close()
})

const request = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${gateway.port}${path}`, init)

const small = await storeFile(ctx, 'https://example.org/small', '<script>', { contentType: 'text/html' })
const large = await storeFile(ctx, 'https://example.org/large', Buffer.alloc(1_000_000, 'abc'))

describe('contents by digest', () => {
  it('come whole, for ever, and never as a page of the portal', async () => {
    const answer = await request(`/files/sha256/${small.sha256}`)
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html',
      'cache-control': 'public, max-age=31536000, immutable, no-transform',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      etag: `"sha256:${small.sha256}"`,
    })
    expect(await answer.text()).toBe('<script>')
  })

  it('come in parts and large', async () => {
    const part = await request(`/files/sha256/${large.sha256}`, { headers: { range: 'bytes=999998-' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 999998-999999/1000000'])
    expect((await part.arrayBuffer()).byteLength).toBe(2)
    const whole = await request(`/files/sha256/${large.sha256}`)
    expect((await whole.arrayBuffer()).byteLength).toBe(1_000_000)
    const multiple = await request(`/files/sha256/${large.sha256}`, { headers: { range: 'bytes=0-0,9-9' } })
    expect(multiple.headers.get('content-type')).toContain('multipart/byteranges')
    expect((await multiple.arrayBuffer()).byteLength).toBe(Number(multiple.headers.get('content-length')))
  })

  it('are answered by fields alone for HEAD, and for what the client has', async () => {
    const head = await request(`/files/sha256/${large.sha256}`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '1000000', ''])
    const headers = { 'if-none-match': `"sha256:${small.sha256}"` }
    expect((await request(`/files/sha256/${small.sha256}`, { headers })).status).toBe(304)
  })

  it.each(['0'.repeat(64), 'nonsense', `${'A'.repeat(64)}`, '0'.repeat(63)])(
    'are absent under %s',
    async (digest) => {
      const answer = await request(`/files/sha256/${digest}`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8'])
    },
  )

  it('cannot be changed', async () => {
    const answer = await request(`/files/sha256/${small.sha256}`, { method: 'PUT', body: 'x' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

describe('what clients need to begin', () => {
  it('is the certificates', async () => {
    const offered = await offeredCertificates(ctx)
    const answer = await request('/ca.crt')
    expect(answer.headers.get('content-type')).toBe('application/x-x509-ca-cert')
    expect(await answer.text()).toBe(offered.join(''))
    for (const [path, accept] of [
      ['/ca.der'],
      ['/ca.crt?format=der'],
      ['/ca.crt', 'application/pkix-cert'],
    ]) {
      const der = await request(path as string, { headers: accept === undefined ? {} : { accept } })
      expect(der.headers.get('content-type')).toBe('application/pkix-cert')
      const read = new X509Certificate(Buffer.from(await der.arrayBuffer()))
      expect(read.toString()).toBe(offered[0])
    }
  })

  it('is the proxy configuration', async () => {
    const answer = await request('/proxy.pac')
    expect(answer.headers.get('content-type')).toBe('application/x-ns-proxy-autoconfig')
    expect(await answer.text()).toContain('"PROXY entrepot.example.org:3128"')
  })

  it('is to know whether it lives and works', async () => {
    expect((await request('/healthz')).status).toBe(200)
    expect(await (await request('/readyz')).text()).toBe('ready\n')
    expect(await (await request('/metrics')).text()).toContain('entrepot_answers_total{surface="gateway"')
  })

  it('is a plain answer for everything else', async () => {
    const answer = await request('/nothing')
    expect([answer.status, await answer.text()]).toEqual([404, 'There is no /nothing here.\n'])
  })
})

it('says which part does not work', async () => {
  const storage = vi.spyOn(ctx.storage, 'stat').mockRejectedValue(new Error('The disk is gone.'))
  onTestFinished(() => storage.mockRestore())
  const answer = await request('/readyz')
  expect([answer.status, await answer.text()]).toEqual([503, 'storage does not answer\n'])
})

it('counts downloads', async () => {
  const { id, sha256 } = await storeFile(ctx, 'https://example.org/counted', 'counted')
  const paths = [1, 2].map(() => request(`/files/sha256/${sha256}`))
  for (const answer of await Promise.all(paths)) await answer.text()
  await vi.waitFor(async () => {
    const [row] = await ctx.db.downloadDay.findMany({ where: { fileId: id } })
    expect([row?.count, row?.bytes].map(Number)).toEqual([2, 14])
  })
})

it('finds a content as soon as it is stored', async () => {
  const missing = await request(`/files/sha256/${'1'.repeat(64)}`)
  expect(missing.status).toBe(404)
  const text = `${Date.now()}`
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString(
    'hex',
  )
  expect((await request(`/files/sha256/${digest}`)).status).toBe(404)
  await storeFile(ctx, 'https://example.org/new', text)
  await vi.waitFor(async () => expect((await request(`/files/sha256/${digest}`)).status).toBe(200))
})

it('refuses requests that can be read in two ways', async () => {
  const bytes = `GET /files/sha256/${small.sha256} HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n`
  expect(statuses(await exchange(gateway.port, bytes))).toEqual([400])
})
