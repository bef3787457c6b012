import { randomUUID } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { NO_TEAM } from '@/server/mirror/download-counter'
import { createSecret } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'
import { startTestProxy } from '@/test/support/proxy'
import { exchange, statuses } from '@/test/support/raw-socket'
import { storeFile } from '@/test/support/stored-file'
import { http2Over, http2Request, openTunnel, secure } from '@/test/support/tunnel'

const ctx = await openTestContext({ ENTREPOT_PUBLIC_URL: 'http://entrepot.example.org' })
const proxy = await startTestProxy(ctx)
const content = '0123456789'.repeat(10)
const facts = { contentType: 'text/x', contentDisposition: 'attachment; filename="digits"' }
await storeFile(ctx, 'http://files.example.org/digits', content, facts)
await storeFile(ctx, 'https://files.example.org/digits', content, facts)
await storeFile(ctx, 'https://files.example.org:8443/digits', content, facts)
const large = Buffer.alloc(3_000_000, 'large content ')
await storeFile(ctx, 'http://files.example.org/large', large)

const lines = (...given: string[]) => `${given.join('\r\n')}\r\n\r\n`
const get = (target: string, ...fields: string[]) =>
  exchange(proxy.port, lines(`GET ${target} HTTP/1.1`, 'Host: any', 'Connection: close', ...fields))
const body = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4)

describe('absolute-form requests', () => {
  it('get what is stored, as the upstream gave it', async () => {
    const answer = await get('http://files.example.org/digits')
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/x\r\nContent-Length: 100\r\n/)
    expect(answer).toContain('Content-Disposition: attachment; filename="digits"')
    expect(body(answer)).toBe(content)
  })

  it.each([
    'http://FILES.example.org:80/digits',
    'http://files.example.org/./%64igits',
    'https://files.example.org/digits',
  ])('find it under %s', async (target) => {
    expect(body(await get(target))).toBe(content)
  })

  it('get parts, and only validators when nothing changed', async () => {
    expect(body(await get('http://files.example.org/digits', 'Range: bytes=-3'))).toBe('789')
    expect(await get('http://files.example.org/digits', 'Range: bytes=0-1,5-6')).toContain(
      'multipart/byteranges',
    )
    const tag = /ETag: (.*)\r/.exec(await get('http://files.example.org/digits'))?.[1]
    expect(statuses(await get('http://files.example.org/digits', `If-None-Match: ${tag}`))).toEqual([304])
  })

  it('get large content whole, and in part', async () => {
    expect(body(await get('http://files.example.org/large')).length).toBe(large.length)
    const part = await get('http://files.example.org/large', 'Range: bytes=1000000-1999999')
    expect(body(part)).toBe(large.subarray(1_000_000, 2_000_000).toString())
  })

  it('with HEAD get the same fields and no body', async () => {
    const request = lines('HEAD http://files.example.org/large HTTP/1.1', 'Host: a', 'Connection: close')
    const answer = await exchange(proxy.port, request)
    expect(answer).toContain('Content-Length: 3000000')
    expect(body(answer)).toBe('')
  })

  it('are answered in order when they come in one packet', async () => {
    const one = (path: string) => lines(`GET http://files.example.org/${path} HTTP/1.1`, 'Host: a')
    const last = lines('GET http://files.example.org/digits HTTP/1.1', 'Host: a', 'Connection: close')
    const answer = await exchange(proxy.port, one('large') + one('none') + one('digits') + last)
    expect(statuses(answer)).toEqual([200, 404, 200, 200])
  })

  it.each(['PURGE', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])(
    'with %s are not allowed',
    async (method) => {
      const answer = await exchange(
        proxy.port,
        lines(`${method} http://files.example.org/digits HTTP/1.1`, 'Host: a', 'Connection: close'),
      )
      expect(statuses(answer)).toEqual([405])
      expect(answer).toContain('Allow: GET, HEAD')
    },
  )

  it.each([
    ['ftp://files.example.org/', 400],
    ['http://user:secret@files.example.org/', 400],
    ['http://files.example.org/%zz', 400],
    ['http://files.example.org:99999/', 400],
    ['http://0x7f000001/', 400],
    [`http://files.example.org/${'a'.repeat(2048)}`, 414],
  ])('for %s get %i', async (target, status) => {
    expect(statuses(await get(target))).toEqual([status])
    expect(await ctx.db.miss.count({ where: { url: { startsWith: target.slice(0, 60) } } })).toBe(0)
  })
})

describe('refusals', () => {
  it('link to the declaration, and are recorded with who asked', async () => {
    const url = `http://files.example.org/${randomUUID()}`
    const answer = await get(url, 'User-Agent: test/1')
    expect(statuses(answer)).toEqual([404])
    expect(answer).toContain(
      `Declare it: http://entrepot.example.org/files/declare?url=${encodeURIComponent(url)}`,
    )
    await vi.waitFor(async () => {
      const miss = await ctx.db.miss.findUnique({ where: { url }, include: { sightings: true } })
      expect(miss?.sightings).toMatchObject([
        { clientNetwork: '127.0.0.0/24', userAgent: 'test/1', teamId: NO_TEAM },
      ])
    })
  })

  it('end by themselves once the file is there', async () => {
    const url = `https://files.example.org/${randomUUID()}`
    expect(statuses(await get(url))).toEqual([404])
    await storeFile(ctx, url, 'now it is')
    await vi.waitFor(async () => expect(body(await get(url))).toBe('now it is'))
  })

  it('tell the state and the error of what is declared', async () => {
    const uri = `http://files.example.org/${randomUUID()}`
    const state = { state: 'failed' as const, error: 'The server answered 403.' }
    await ctx.db.file.create({ data: { uri, declaredUri: uri, host: 'files.example.org', ...state } })
    const answer = await get(uri)
    expect(statuses(answer)).toEqual([503])
    expect(answer).toContain('Retry-After: 3600')
    expect(answer).toContain('fetching it failed: The server answered 403.')
  })

  it('come as a page or as JSON when the client says so', async () => {
    expect(await get('http://files.example.org/none', 'Accept: text/html')).toContain('<!doctype html>')
    const problem = await get('http://files.example.org/none', 'Accept: application/json')
    expect(JSON.parse(body(problem))).toMatchObject({
      code: 'not_declared',
      url: 'http://files.example.org/none',
    })
  })
})

describe('the port itself', () => {
  it('offers what clients must trust, and the configuration', async () => {
    expect(body(await get('/ca.crt'))).toBe(proxy.ca)
    expect(await get('/ca.crt?format=der')).toContain('Content-Type: application/pkix-cert')
    expect(await get('/proxy.pac')).toContain('PROXY entrepot.example.org:3128')
    expect(body(await get('http://entrepot.example.org/ca.crt'))).toBe(proxy.ca)
  })

  it('explains itself to whoever takes it for a site', async () => {
    const answer = await get('/anything')
    expect(statuses(answer)).toEqual([421])
    expect(answer).toContain('This is a proxy')
  })
})

describe('tunnels', () => {
  it('over TLS end here, under a certificate for the host', async () => {
    const socket = await secure(await openTunnel(proxy.port, 'files.example.org:443'), {
      ca: proxy.ca,
      servername: 'files.example.org',
    })
    expect(socket.getPeerCertificate().subjectaltname).toBe('DNS:files.example.org')
    const answer = await new Promise<string>((resolve) => {
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
      socket.write(lines('GET /digits HTTP/1.1', 'Host: files.example.org', 'Connection: close'))
    })
    expect(body(answer)).toBe(content)
  })

  it('without TLS carry plain HTTP', async () => {
    const connect = lines('CONNECT files.example.org:80 HTTP/1.1', 'Host: files.example.org:80')
    const request = lines('GET /digits HTTP/1.1', 'Host: files.example.org', 'Connection: close')
    const answer = await exchange(proxy.port, connect + request)
    expect(statuses(answer)).toEqual([200, 200])
    expect(answer.endsWith(content)).toBe(true)
  })

  it('carry HTTP/2 with many streams', async () => {
    const socket = await secure(await openTunnel(proxy.port, 'files.example.org:8443'), {
      ...{ ca: proxy.ca, servername: 'files.example.org', protocols: ['h2'] },
    })
    const session = http2Over(socket, 'files.example.org:8443')
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => http2Request(session, { ':path': '/digits' })),
    )
    expect(answers.every(({ status, body: text }) => status === 200 && text === content)).toBe(true)
    expect(await http2Request(session, { ':path': '/digits', range: 'bytes=0-1' })).toMatchObject({
      ...{ status: 206, body: '01' },
      headers: { 'content-range': 'bytes 0-1/100' },
    })
    expect(await http2Request(session, { ':path': '/digits', ':method': 'HEAD' })).toMatchObject({
      ...{ status: 200, body: '' },
    })
    expect(await http2Request(session, { ':path': '/none' })).toMatchObject({ status: 404 })
    expect(
      await http2Request(session, { ':path': '/digits', ':authority': 'other.example.org' }),
    ).toMatchObject({
      status: 421,
    })
    session.close()
  })

  it('to an address need no name in the handshake', async () => {
    await storeFile(ctx, 'https://192.0.2.7/a', 'by address')
    const socket = await secure(await openTunnel(proxy.port, '192.0.2.7:443'), {
      ca: proxy.ca,
      servername: '',
    })
    expect(socket.getPeerCertificate().subjectaltname).toBe('IP Address:192.0.2.7')
    socket.destroy()
  })

  it('refuse in words when the handshake names another host', async () => {
    const socket = await secure(await openTunnel(proxy.port, 'files.example.org:443'), {
      ca: proxy.ca,
      servername: 'other.example.org',
    })
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (chunk) => resolve(String(chunk)))
      socket.write(lines('GET /digits HTTP/1.1', 'Host: files.example.org'))
    })
    expect(statuses(answer)).toEqual([421])
    socket.destroy()
  })

  it.each(['files.example.org', 'files.example.org:0', 'a@files.example.org:443', 'files.example.org:99999'])(
    'to %s are refused',
    async (authority) => {
      await expect(openTunnel(proxy.port, authority)).rejects.toThrow(/^HTTP\/1\.1 400 Bad Request/)
    },
  )

  it('are not opened inside tunnels', async () => {
    const connect = (host: string) => lines(`CONNECT ${host}:80 HTTP/1.1`, `Host: ${host}:80`)
    expect(statuses(await exchange(proxy.port, connect('a.test') + connect('b.test')))).toEqual([200, 405])
  })
})

describe('who asks', () => {
  it('is named by the token of the CONNECT or of the request, and counted', async () => {
    const team = await createTeam(ctx)
    const owner = await createActor(ctx, 'member', [team])
    const field = `Proxy-Authorization: Bearer ${await createSecret(ctx, owner, { scopes: ['proxy'] })}`
    const url = `http://files.example.org/${randomUUID()}`
    const { id } = await storeFile(ctx, url, content)
    await get(url, field)
    await get(url, field, 'Range: bytes=0-49')
    await get(url)
    const tunnel = await openTunnel(proxy.port, 'files.example.org:80', [field])
    tunnel.write(lines(`GET ${new URL(url).pathname} HTTP/1.1`, 'Host: files.example.org'))
    let came = ''
    for await (const chunk of tunnel) {
      came += chunk
      if (came.endsWith(content)) break
    }
    await vi.waitFor(async () => {
      const rows = await ctx.db.downloadDay.findMany({ where: { fileId: id } })
      const counts = Object.fromEntries(rows.map((row) => [row.teamId, [row.count, row.bytes].map(Number)]))
      expect(counts).toEqual({ [team.id]: [2, 250], [NO_TEAM]: [1, 100] })
    })
  })

  it('is asked again when the token is wrong', async () => {
    const wrong = 'Proxy-Authorization: Basic bm86cGU='
    const answer = await get('http://files.example.org/digits', wrong)
    expect(statuses(answer)).toEqual([407])
    expect(answer).toContain('Proxy-Authenticate: Basic realm="Entrepot"')
    await expect(openTunnel(proxy.port, 'files.example.org:443', [wrong])).rejects.toThrow(/^HTTP\/1\.1 407 /)
  })
})

describe('storage that fails', () => {
  it('is said so before the first byte, and others are served on', async () => {
    const file = await storeFile(
      ctx,
      `http://files.example.org/${randomUUID()}`,
      Buffer.alloc(400_000, randomUUID()),
    )
    await ctx.storage.remove(`blobs/sha256/${file.sha256?.slice(0, 2)}/${file.sha256}`)
    expect(statuses(await get(file.uri))).toEqual([503])
    expect(statuses(await get('http://files.example.org/digits'))).toEqual([200])
  })
})
