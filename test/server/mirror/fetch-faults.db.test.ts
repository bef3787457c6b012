import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { blobKey } from '@/server/blobs/keys'
import { openBlobStore } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import { integrityFromSha256 } from '@/server/mirror/integrity'
import { RetryLater } from '@/server/tasks/task'
import { openTestContext } from '@/test/support/context'
import { declareRow, runFetch, storedPaths } from '@/test/support/fetching'
import { reservePorts } from '@/test/support/ports'
import { makeTestTls } from '@/test/support/tls'
import {
  chunked,
  endless,
  type Handler,
  head,
  headerFlood,
  held,
  longer,
  ok,
  raw,
  redirect,
  sampleBytes,
  stalling,
  startUpstream,
  status,
  truncated,
} from '@/test/support/upstream'

const tls = makeTestTls()
const ctx = await openTestContext({ ENTREPOT_UPSTREAM_CA: tls.caFile })
const upstream = await startUpstream()
const secure = await startUpstream({ tls: tls.valid })
afterAll(() => Promise.all([upstream, secure].map((server) => server.close())))

const bytes = sampleBytes(100_000)
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')
const host = upstream.origin.replace('http://', '')

let counter = 0
const serve = (handler: Handler, name = 'file') => {
  counter += 1
  return upstream.route(`/${counter}/${name}`, handler)
}

afterEach(async () => {
  const partial = (await storedPaths(ctx)).filter((path) => !path.startsWith('blobs/'))
  expect(partial, 'a failed fetch leaves nothing behind').toEqual([])
})

interface Expected {
  code: string
  error: RegExp
}

/** It has failed for good: another attempt is not made by itself. */
async function expectFailed(
  url: string,
  { code, error }: Expected,
  options: Parameters<typeof runFetch>[2] = {},
) {
  const blobs = await storedPaths(ctx)
  const result = await runFetch(ctx, await declareRow(ctx, url), options)
  expect(result.file).toMatchObject({ state: 'failed', errorCode: code, sha256: null, nextAttemptAt: null })
  expect(result.file.error).toMatch(error)
  expect(result.error).toMatchObject({ name: 'AppError', code, message: result.file.error })
  expect(await storedPaths(ctx)).toEqual(blobs)
  return result
}

/** It waits for its next attempt, and nothing of this one is left. */
async function expectWaiting(...asked: Parameters<typeof expectPutOff>) {
  const blobs = await storedPaths(ctx)
  const result = await expectPutOff(...asked)
  expect(await storedPaths(ctx)).toEqual(blobs)
  return result
}

async function expectPutOff(
  url: string,
  { code, error }: Expected,
  options: Parameters<typeof runFetch>[2] = {},
) {
  const result = await runFetch(ctx, await declareRow(ctx, url), options)
  expect(result.file).toMatchObject({ state: 'pending', errorCode: code, sha256: null })
  expect(result.file.error).toMatch(error)
  expect(result.error).toBeInstanceOf(RetryLater)
  expect((result.error as RetryLater).at).toEqual(result.file.nextAttemptAt)
  return result
}

describe('an upstream that answers otherwise than with the file', () => {
  it.each([
    [404, 'answered 404 Not Found.'],
    [410, 'answered 410 Gone.'],
    [401, 'answered 401 Unauthorized.'],
    [403, 'answered 403 Forbidden.'],
    [400, 'answered 400 Bad Request.'],
    [204, 'answered 204 No Content, which does not carry the whole file.'],
    [206, 'answered 206 Partial Content, which does not carry the whole file.'],
    [300, 'answered 300 Multiple Choices.'],
    [304, 'answered 304 Not Modified.'],
    [499, 'answered 499.'],
  ])('fails the file for good with %d', async (code, said) => {
    const { file } = await expectFailed(serve(status(code)), { code: 'upstream_refused', error: /./ })
    expect(file.error).toBe(`${host} ${said}`)
  })

  it.each([
    [500, 'upstream_unreachable'],
    [502, 'upstream_unreachable'],
    [503, 'upstream_unreachable'],
    [408, 'upstream_unreachable'],
    [425, 'upstream_unreachable'],
    [429, 'rate_limited'],
  ])('is asked again after %d', async (status_, code) => {
    await expectWaiting(serve(status(status_)), { code, error: new RegExp(`answered ${status_} `) })
  })

  it.each([
    ['seconds', () => '600', 600],
    // A date has no parts of a second.
    ['a date', () => new Date(Date.now() + 600_000).toUTCString(), 599],
    ['far too many seconds', () => '999999', 3600],
  ])('is not asked earlier than it wants, in %s', async (_name, retryAfter, least) => {
    const before = Date.now()
    const { file } = await expectWaiting(serve(status(503, { 'retry-after': retryAfter() })), {
      code: 'upstream_unreachable',
      error: /503/,
    })
    const seconds = ((file.nextAttemptAt?.getTime() ?? 0) - before) / 1000
    expect(seconds).toBeGreaterThanOrEqual(least)
    expect(seconds).toBeLessThan(3700)
  })
})

describe('an upstream that redirects wrongly', () => {
  const loop = () => {
    counter += 1
    upstream.route(`/there/${counter}`, redirect(`/back/${counter}`))
    return upstream.route(`/back/${counter}`, redirect(`/there/${counter}`))
  }
  const chain = () => {
    let url = serve(ok(bytes))
    for (let hop = 0; hop < 11; hop += 1) url = serve(redirect(url))
    return url
  }
  it.each<[string, () => string, RegExp]>([
    ['in a circle', loop, /redirects in a circle/],
    ['too often', chain, /redirects more than 10 times/],
    ['nowhere', () => serve(status(302)), /without saying where/],
    [
      'into a private network',
      () => serve(redirect('http://10.0.0.1/secret')),
      /10\.0\.0\.1 is an address inside a network/,
    ],
    [
      'to the metadata of a cloud',
      () => serve(redirect('http://169.254.169.254/latest/')),
      /169\.254\.169\.254 is an/,
    ],
    ['to such an address in disguise', () => serve(redirect('http://[::ffff:a00:1]/')), /::ffff:a00:1 is an/],
    [
      'to the address of another kind of server',
      () => serve(redirect('ftp://example.org/a')),
      /Only http and https/,
    ],
    ['with a password', () => serve(redirect('http://a:b@example.org/')), /user name and password/],
    [
      'to a number that some take for an address',
      () => serve(redirect('http://0x7f.1/')),
      /redirects to “http:\/\/0x7f\.1\/”/,
    ],
    ['to no address at all', () => serve(redirect('http://')), /redirects to “http:\/\/”/],
    [
      'from https to http',
      () => secure.route('/down', redirect(`${upstream.origin}/x`)),
      /from https to http/,
    ],
  ])('%s', async (_name, url, error) => {
    await expectFailed(url(), { code: 'upstream_refused', error })
  })

  it('but a file declared with http may be redirected to https', async () => {
    const url = serve(redirect(secure.route('/up', ok(bytes))))
    const { file } = await runFetch(ctx, await declareRow(ctx, url))
    expect(file.state).toBe('stored')
  })
})

describe('an upstream whose bytes are wrong', () => {
  it('fails the file when they are not the declared ones, and names both hashes', async () => {
    const expected = sha256(Buffer.from('other'))
    const actual = sampleBytes(1000, 'not the declared ones')
    const id = await declareRow(ctx, serve(ok(actual)), { expectedIntegrity: integrityFromSha256(expected) })
    const { file } = await runFetch(ctx, id)
    expect(file).toMatchObject({ state: 'failed', errorCode: 'digest_mismatch', sha256: null })
    expect(file.error).toBe(`The bytes have the sha256 ${sha256(actual)}, but ${expected} was declared.`)
    expect(await ctx.storage.stat(blobKey(sha256(actual)))).toBeUndefined()
  })

  it('checks every hash that was declared', async () => {
    const sha512 = (content: string) => `sha512-${createHash('sha512').update(content).digest('base64')}`
    const actual = Buffer.from('hashed twice')
    const right = integrityFromSha256(sha256(actual))
    const both = { expectedIntegrity: `${right} ${sha512('hashed twice')}` }
    expect((await runFetch(ctx, await declareRow(ctx, serve(ok(actual)), both))).file.state).toBe('stored')
    const half = { expectedIntegrity: `${right} ${sha512('another')}` }
    const { file } = await runFetch(ctx, await declareRow(ctx, serve(ok(actual)), half))
    expect(file).toMatchObject({ state: 'failed', errorCode: 'digest_mismatch' })
    expect(file.error).toMatch(/^The bytes have the sha512 /)
  })

  it.each<[string, Handler]>([
    ['on a connection that stays open', longer(bytes, Buffer.from('and more'))],
    ['on a connection that closes', longer(bytes, Buffer.from('and more'), { connection: 'close' })],
    [
      'by what looks like another answer',
      longer(bytes, Buffer.concat([head(200, { 'content-length': 1 }), Buffer.from('x')])),
    ],
    ['after nothing', longer(Buffer.alloc(0), Buffer.from('and more'))],
    ['by much', longer(bytes, sampleBytes(500_000), { connection: 'close' })],
  ])('fails the file when they are more than announced, %s', async (_name, handler) => {
    await expectFailed(serve(handler), {
      code: 'upstream_refused',
      error: /announced \d+ bytes but sent more\./,
    })
  })

  it.each<[string, Handler]>([
    ['broken off', truncated(bytes, 5000)],
    ['broken off before the first byte of the body', truncated(bytes, 0)],
    [
      'ended in the middle of a chunk',
      (request) => request.socket.end(`${head(200, { 'transfer-encoding': 'chunked' })}1000\r\nabc`),
    ],
    ['closed without an answer', (request) => request.socket.destroy()],
    ['announced with two lengths', raw(head(200, { 'content-length': 5, 'Content-Length': 6 }))],
  ])('waits when they are %s', async (_name, handler) => {
    await expectWaiting(serve(handler), { code: 'upstream_unreachable', error: /closed the connection/ })
  })

  it('waits when the connection is reset, although no length was announced that could be missed', async () => {
    const source = held(bytes, { connection: 'close' })
    const id = await declareRow(ctx, serve(source.handler))
    const received = new EventEmitter()
    const running = runFetch(ctx, id, { onProgress: ({ done }) => done === 40_000 && received.emit('all') })
    await source.arrived
    source.send(40_000)
    await once(received, 'all')
    source.reset()
    const { file, error } = await running
    expect(error).toBeInstanceOf(RetryLater)
    expect(file).toMatchObject({ state: 'pending', errorCode: 'upstream_unreachable', sha256: null })
    expect(file.error).toMatch(/closed the connection after 39 KiB/)
  })

  it.each<[string, Handler, string]>([
    ['compressed for transport', ok(gzipSync(bytes), { 'content-encoding': 'gzip' }), 'file.txt'],
    ['coded otherwise than the name says', ok(bytes, { 'content-encoding': 'br' }), 'file.tar.gz'],
  ])('fails the file when they are %s', async (_name, handler, name) => {
    await expectFailed(serve(handler, name), { code: 'upstream_refused', error: /re-coded \((gzip|br)\)/ })
  })

  it('takes a compressed file for what it is, although it is labelled as coded', async () => {
    const file = gzipSync(bytes)
    const labelled = ok(file, { 'content-encoding': 'gzip' })
    const named = await runFetch(ctx, await declareRow(ctx, serve(labelled, 'file.tar.gz')))
    expect(named.file).toMatchObject({ state: 'stored', sha256: sha256(file) })
    const integrity = { expectedIntegrity: integrityFromSha256(sha256(file)) }
    const proven = await runFetch(ctx, await declareRow(ctx, serve(labelled, 'download'), integrity))
    expect(proven.file).toMatchObject({ state: 'stored', sha256: sha256(file) })
  })
})

describe('an upstream without measure', () => {
  const small = { env: { ENTREPOT_FETCH_MAX_BYTES: 50_000 } }

  it('is refused by the length it announces, before a byte of it is stored', async () => {
    const source = held(bytes)
    const expected = { code: 'too_large', error: /larger than the 49 KiB that are fetched/ }
    await expectFailed(serve(source.handler), expected, small)
  })

  it.each<[string, Handler]>([
    ['longer than allowed', chunked(bytes)],
    ['endless', endless()],
  ])('is stopped when it turns out to be %s', async (_name, handler) => {
    await expectFailed(serve(handler), { code: 'too_large', error: /larger than the 49 KiB/ }, small)
  })

  it('is refused for a flood of header fields', async () => {
    await expectFailed(serve(headerFlood(200_000)), { code: 'upstream_refused', error: /more header fields/ })
  })

  it.each<[string, string]>([
    ['garbage', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a malformed chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\nabc'],
  ])('is refused for %s', async (_name, text) => {
    await expectFailed(serve(raw(text)), { code: 'upstream_refused', error: /not an HTTP answer/ })
  })

  it('is given up for now when it takes too long in all', async () => {
    const expected = { code: 'upstream_timeout', error: /took longer than 0\.5 s\.$/ }
    await expectWaiting(serve(endless()), expected, { env: { ENTREPOT_FETCH_TOTAL_SECONDS: 0.5 } })
  })
})

it('an upstream that is silent in the middle, before its answer or before its handshake is given up for now', async () => {
  const silent = createServer((socket) => socket.resume())
  onTestFinished(() => void silent.close())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  const blobs = await storedPaths(ctx)
  const silences: [url: string, error: RegExp][] = [
    [serve(stalling(bytes, 40_000)), /stalled for 10 s after 39 of 98 KiB\.$/],
    [serve(() => undefined), /sent no answer for 10 s\.$/],
    [`https://127.0.0.1:${port}/`, /did not accept the connection in time\.$/],
  ]
  // Longer than anything before the silence takes, however busy the machine is: so all are waited for together.
  const env = { ENTREPOT_FETCH_STALL_SECONDS: 10 }
  await Promise.all(
    silences.map(([url, error]) => expectPutOff(url, { code: 'upstream_timeout', error }, { env })),
  )
  expect(await storedPaths(ctx)).toEqual(blobs)
})

describe('an upstream that cannot be reached', () => {
  it('because nothing listens', async () => {
    const [port] = await reservePorts(1)
    const expected = {
      code: 'upstream_unreachable',
      error: new RegExp(`^127.0.0.1:${port} refused the connection\\.$`),
    }
    await expectWaiting(`http://127.0.0.1:${port}/`, expected)
  })

  it('because its name leads nowhere', async () => {
    const expected = {
      code: 'upstream_unreachable',
      error: /^The name of nowhere\.invalid cannot be resolved\.$/,
    }
    await expectWaiting('https://nowhere.invalid/a', expected)
  })

  it.each([
    ['its address is inside a network', 'http://10.0.0.1/a', /^10\.0\.0\.1 is an address inside a network/],
    [
      'its name leads inside a network',
      'http://localhost:1/a',
      /^localhost leads to (127\.0\.0\.1|::1), an address/,
    ],
  ])('because %s', async (_name, url, error) => {
    await expectFailed(url, { code: 'upstream_refused', error }, { env: { ENTREPOT_UPSTREAM_ALLOW: [] } })
  })
})

describe('an upstream whose certificate is wrong', () => {
  it('is trusted when its authority is, for its name and its addresses', async () => {
    const url = secure.route('/good', ok(bytes))
    for (const each of [url, url.replace('127.0.0.1', 'localhost')]) {
      expect((await runFetch(ctx, await declareRow(ctx, each))).file.state).toBe('stored')
    }
  })

  it.each([
    ['expired', 'expired', /^The certificate of 127\.0\.0\.1:\d+ has expired\.$/],
    ['for another name', 'misnamed', /is for another name/],
    ['of an authority nobody knows', 'untrusted', /authority that is not known|cannot be verified/],
  ] as const)('%s', async (_name, identity, error) => {
    const wrong = await startUpstream({ tls: tls[identity] })
    await expectFailed(wrong.route('/a', ok(bytes)), { code: 'upstream_refused', error })
    expect(wrong.requests).toEqual([])
    await wrong.close()
  })

  it('because this installation does not know its authority', async () => {
    const env = { ENTREPOT_UPSTREAM_CA: undefined }
    const expected = { code: 'upstream_refused', error: /authority that is not known|cannot be verified/ }
    await expectFailed(secure.route('/unknown', ok(bytes)), expected, { env })
  })

  it('because it has none at all', async () => {
    const url = serve(ok(bytes)).replace('http:', 'https:')
    await expectFailed(url, { code: 'upstream_refused', error: /does not speak TLS/ })
  })

  it('because the authority of this installation cannot be read', async () => {
    const env = { ENTREPOT_UPSTREAM_CA: '/nowhere/ca.pem' }
    await expectWaiting(serve(ok(bytes)), { code: 'unavailable', error: /ENTREPOT_UPSTREAM_CA/ }, { env })
  })
})

describe('a disk that is full', () => {
  const noSpace = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const storage: Context['storage'] = {
    ...ctx.storage,
    async write(_key, source) {
      await pipeline(source, new Writable({ write: (_chunk, _encoding, done) => done(noSpace) }))
      return 0
    },
  }
  const world = { ...ctx, storage, blobs: openBlobStore(storage, ctx.db) }

  it.each<[string, Handler]>([
    ['that sends on and on', endless()],
    ['that stalls, and would go on later', stalling(bytes, 1000, { etag: '"v1"' })],
  ])('fails the attempt cleanly, and hangs up on an upstream %s', async (_name, handler) => {
    const closed = new EventEmitter()
    const url = serve((request, response) => {
      request.socket.once('close', () => closed.emit('close'))
      handler(request, response)
    })
    const hungUp = once(closed, 'close')
    const { file, error, log } = await runFetch(world, await declareRow(ctx, url))
    expect(error).toBeInstanceOf(RetryLater)
    expect(file).toMatchObject({ state: 'pending', errorCode: 'storage_full' })
    await hungUp
    expect(log).toEqual([])
  })
})

describe('a fault inside', () => {
  it('is tried again, and its cause is not shown to anyone', async () => {
    const blobs = { ...ctx.blobs, receive: () => Promise.reject(new TypeError('secret of the inside')) }
    const { file, error } = await runFetch({ ...ctx, blobs }, await declareRow(ctx, serve(ok(bytes))))
    expect(error).toBeInstanceOf(RetryLater)
    expect(file).toMatchObject({ state: 'pending', errorCode: 'internal' })
    expect(JSON.stringify([file.error, error?.message])).not.toContain('secret')
  })
})
