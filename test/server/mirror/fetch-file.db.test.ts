import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { system } from '@/server/auth/permissions'
import { blobKey } from '@/server/blobs/keys'
import type { AppError } from '@/server/errors'
import { listen } from '@/server/events'
import { fetchFileTask } from '@/server/mirror/fetch-file'
import { integrityFromSha256 } from '@/server/mirror/integrity'
import { cancelTask } from '@/server/tasks/cancel-task'
import { enqueueTasks } from '@/server/tasks/enqueue'
import { type Runner, startRunner } from '@/server/tasks/runner'
import { RetryLater } from '@/server/tasks/task'
import { kill, startChild } from '@/test/support/child'
import { openTestContext } from '@/test/support/context'
import { declareRow, runFetch, storedPaths } from '@/test/support/fetching'
import {
  chunked,
  held,
  inTurn,
  ok,
  redirect,
  resumable,
  sampleBytes,
  startUpstream,
  status,
  truncated,
  untilClosed,
} from '@/test/support/upstream'

const ctx = await openTestContext({ ENTREPOT_FETCH_RETRY_SECONDS: '0.05' })
const notices = await listen(ctx.pool, ctx.log)
const upstream = await startUpstream()
afterAll(() => upstream.close())
const patience = { timeout: 60_000, interval: 20 }

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const readFile = (id: string) => ctx.db.file.findUniqueOrThrow({ where: { id } })

let counter = 0
/** A path that no other test uses. */
const path = (name = 'file.tar.gz') => {
  counter += 1
  return `/${counter}/${name}`
}

const runners: Runner[] = []
async function startFetches() {
  const runner = await startRunner(ctx, { definitions: [fetchFileTask], notices, concurrency: 4 })
  runners.push(runner)
  return runner
}
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()))
})
async function enqueueFetch(fileId: string): Promise<string> {
  const task = { kind: 'fetch_file', title: 'Fetch it', ownerId: null, subject: { type: 'file', id: fileId } }
  const [id = ''] = await ctx.db.$transaction((tx) => enqueueTasks(tx, [{ ...task, queue: 'fetch test 0' }]))
  return id
}

describe('a fetch that succeeds', () => {
  it('stores the bytes, and all that the upstream said of them', async () => {
    const bytes = sampleBytes(200_000)
    const url = upstream.route(
      path(),
      ok(bytes, {
        'content-type': 'application/gzip',
        'content-disposition': 'attachment; filename="v1.tar.gz"',
        etag: 'W/"v1"',
        'last-modified': 'Sat, 21 Nov 2026 02:00:00 GMT',
      }),
    )
    const id = await declareRow(ctx, url, { expectedIntegrity: integrityFromSha256(sha256(bytes)) })
    const { error, file, progress } = await runFetch(ctx, id)
    expect(error).toBeUndefined()
    expect(file).toMatchObject({
      state: 'stored',
      sha256: sha256(bytes),
      size: 200_000n,
      contentType: 'application/gzip',
      contentDisposition: 'attachment; filename="v1.tar.gz"',
      upstreamEtag: 'W/"v1"',
      upstreamModifiedAt: new Date('2026-11-21T02:00:00Z'),
      redirects: [],
      attempts: 1,
      error: null,
      errorCode: null,
      nextAttemptAt: null,
    })
    expect(file.storedAt).not.toBeNull()
    expect((await buffer(await ctx.blobs.read(sha256(bytes)))).equals(bytes)).toBe(true)
    expect(await ctx.blobs.size(sha256(bytes))).toBe(200_000)
    expect(progress.flatMap(({ step }) => step ?? [])).toEqual(['Connecting', 'Downloading', 'Storing'])
    expect(progress.at(-2)).toEqual({ done: 200_000 })
    const audit = await ctx.db.auditEntry.findMany({ where: { subjectId: id } })
    expect(audit).toMatchObject([
      {
        action: 'file.store',
        actorType: 'system',
        subjectName: url,
        details: { sha256: sha256(bytes), size: 200_000 },
      },
    ])
  })

  it('asks for the file as it is, and says who asks', async () => {
    const place = path()
    await runFetch(ctx, await declareRow(ctx, upstream.route(place, ok(sampleBytes(10)))))
    const request = upstream.requests.find(({ url }) => url === place)
    expect(request).toMatchObject({
      method: 'GET',
      headers: { 'accept-encoding': 'identity', 'user-agent': 'Entrepot' },
    })
    expect(request?.headers.host).toBe(upstream.origin.replace('http://', ''))
  })

  it.each([
    ['whose length is not announced', chunked(sampleBytes(100_001)), 100_001n],
    ['whose end is the end of the connection', untilClosed(sampleBytes(100_002)), 100_002n],
    ['that is empty', ok(Buffer.alloc(0)), 0n],
  ])('takes a file %s', async (_name, handler, size) => {
    const { error, file } = await runFetch(ctx, await declareRow(ctx, upstream.route(path(), handler)))
    expect(error).toBeUndefined()
    expect(file).toMatchObject({ state: 'stored', size })
  })

  it('follows redirects, and keeps the chain', async () => {
    const bytes = sampleBytes(1000, 'redirected')
    const [first, second, third] = [path(), path(), `${path()}?signature=a%2fb%7e'`]
    upstream.route(third, ok(bytes))
    upstream.route(second, redirect(`${upstream.origin}${third}#part`, 307))
    const url = upstream.route(first, redirect(`..${second}`, 301))
    const { error, file, log } = await runFetch(ctx, await declareRow(ctx, url))
    expect(error).toBeUndefined()
    const last = `${upstream.origin}${third.replace('%2f', '%2F').replace('%7e', '~')}`
    expect(file.redirects).toEqual([
      { status: 301, from: url, to: `${upstream.origin}${second}` },
      { status: 307, from: `${upstream.origin}${second}`, to: last },
    ])
    expect(file.uri).toBe(url)
    expect(log).toEqual([`Redirected (301) to ${upstream.origin}${second}`, `Redirected (307) to ${last}`])
    // A signed URL is asked for as it was written.
    expect(upstream.requests.map((request) => request.url)).toContain(third)
  })

  it.each([
    ['written with a space', 'a file.bin', 'a%20file.bin'],
    ['written in UTF-8', Buffer.from('für.bin').toString('latin1'), 'f%C3%BCr.bin'],
    [
      'as long as signed ones are',
      `file?signature=${'a'.repeat(5000)}`,
      `file?signature=${'a'.repeat(5000)}`,
    ],
  ])('follows a redirect to an address %s', async (_name, written, normal) => {
    const place = path('')
    upstream.route(`${place}${normal}`, ok(sampleBytes(10)))
    const url = upstream.route(path(), redirect(`${upstream.origin}${place}${written}`))
    const { file } = await runFetch(ctx, await declareRow(ctx, url))
    expect(file).toMatchObject({
      state: 'stored',
      redirects: [{ to: `${upstream.origin}${place}${normal}` }],
    })
  })

  it('shares the bytes with another file that has the same', async () => {
    const bytes = sampleBytes(5000, 'twice')
    const urls = [path(), path()].map((place) => upstream.route(place, ok(bytes)))
    for (const url of urls) await runFetch(ctx, await declareRow(ctx, url))
    expect((await storedPaths(ctx)).filter((stored) => stored.includes(sha256(bytes)))).toHaveLength(1)
    expect(await ctx.db.file.count({ where: { sha256: sha256(bytes) } })).toBe(2)
  })

  it('leaves a stored file alone, and does not even ask', async () => {
    const place = path()
    const id = await declareRow(ctx, upstream.route(place, ok(sampleBytes(10, 'first'))))
    const { file: before } = await runFetch(ctx, id)
    upstream.route(place, ok(sampleBytes(10, 'second')))
    const { error, file } = await runFetch(ctx, id)
    expect(error).toBeUndefined()
    expect(file).toEqual(before)
    expect(upstream.requests.filter(({ url }) => url === place)).toHaveLength(1)
  })

  it('keeps what was uploaded by hand while it ran', async () => {
    const source = held(sampleBytes(1000, 'upstream'))
    const id = await declareRow(ctx, upstream.route(path(), source.handler))
    const running = runFetch(ctx, id)
    await source.arrived
    const uploaded = 'a'.repeat(64)
    await ctx.db.blob.create({ data: { sha256: uploaded, size: 5 } })
    const data = {
      state: 'stored',
      origin: 'upload',
      sha256: uploaded,
      size: 5,
      storedAt: new Date(),
    } as const
    await ctx.db.file.update({ where: { id }, data })
    source.finish()
    const { error, file } = await running
    expect(error).toBeUndefined()
    expect(file).toMatchObject({ state: 'stored', sha256: uploaded, origin: 'upload' })
    expect(await ctx.db.auditEntry.count({ where: { subjectId: id } })).toBe(0)
  })

  it('does nothing for a file that is not there', async () => {
    const run = { subjectId: '00000000-0000-7000-8000-00000000dead' }
    await expect(fetchFileTask.run(ctx, run as never)).resolves.toBeUndefined()
  })
})

describe('while it runs', () => {
  it('the file shows it, and everyone is told', async () => {
    const source = held(sampleBytes(1000, 'shown'))
    const id = await declareRow(ctx, upstream.route(path(), source.handler))
    let told = 0
    const off = notices.on('file', (changed) => {
      if (changed === id) told += 1
    })
    const stopping = new AbortController()
    onTestFinished(() => {
      off()
      stopping.abort()
    })
    const running = runFetch(ctx, id, { signal: stopping.signal })
    await source.arrived
    expect(await readFile(id)).toMatchObject({ state: 'fetching', attempts: 1, sha256: null })
    await expect.poll(() => told, patience).toBe(1)
    source.finish()
    await running
    await expect.poll(() => told, patience).toBe(2)
  })

  it('its task shows the bytes, live', async () => {
    await startFetches()
    const source = held(sampleBytes(100_000, 'live'))
    const taskId = await enqueueFetch(await declareRow(ctx, upstream.route(path(), source.handler)))
    await source.arrived
    source.send(40_000)
    const task = () => ctx.db.task.findUniqueOrThrow({ where: { id: taskId } })
    await expect.poll(async () => Number((await task()).done), patience).toBe(40_000)
    expect(await task()).toMatchObject({
      state: 'running',
      total: 100_000n,
      unit: 'bytes',
      step: 'Downloading',
    })
    source.finish()
    await expect.poll(async () => (await task()).state, patience).toBe('succeeded')
    expect(await task()).toMatchObject({ done: 100_000n, total: 100_000n })
  })
})

describe('a transfer that breaks off', () => {
  const bytes = sampleBytes(300_000, 'broken')
  const [modified, date] = ['Sat, 21 Nov 2026 02:00:00 GMT', 'Sat, 21 Nov 2026 03:00:00 GMT']

  it.each([
    ['an ETag', { cutAfter: 100_000, headers: { etag: '"v1"' } }, ['bytes=100000-']],
    ['a date', { cutAfter: 100_000, headers: { 'last-modified': modified, date } }, ['bytes=100000-']],
    ['an ETag, twice', { cutAfter: 100_000, breaks: 2 }, ['bytes=100000-', 'bytes=200000-']],
  ])('goes on under %s, within one attempt', async (_name, options, ranges) => {
    const place = path()
    const id = await declareRow(ctx, upstream.route(place, resumable(bytes, options)))
    const { error, file, log } = await runFetch(ctx, id)
    expect(error).toBeUndefined()
    expect(file).toMatchObject({ state: 'stored', sha256: sha256(bytes), size: 300_000n, attempts: 1 })
    const asked = upstream.requests.filter(({ url }) => url === place).slice(1)
    expect(asked.map(({ headers }) => headers.range)).toEqual(ranges)
    expect(log[0]).toMatch(/closed the connection after 98 of 293 KiB\. Going on from byte 100000\./)
  })

  it('goes on where the redirects led', async () => {
    const target = upstream.route(path(), resumable(bytes, { cutAfter: 100_000 }))
    const { error, file } = await runFetch(
      ctx,
      await declareRow(ctx, upstream.route(path(), redirect(target))),
    )
    expect(error).toBeUndefined()
    expect(file).toMatchObject({ sha256: sha256(bytes), redirects: [{ to: target }] })
  })

  it.each([
    ['is another file now', inTurn(truncated(bytes, 1000, { etag: '"v1"' }), ok(bytes, { etag: '"v2"' }))],
    ['is gone now', inTurn(truncated(bytes, 1000, { etag: '"v1"' }), status(404))],
    [
      'continues with another version',
      inTurn(truncated(bytes, 1000, { etag: '"v1"' }), (_request, response) => {
        const headers = {
          'content-range': 'bytes 1000-299999/300000',
          'content-length': 299_000,
          etag: '"v2"',
        }
        response.writeHead(206, headers).end(bytes.subarray(1000))
      }),
    ],
  ])('starts again in a new attempt when the upstream %s', async (_name, handler) => {
    const { error, file } = await runFetch(ctx, await declareRow(ctx, upstream.route(path(), handler)))
    expect(error).toBeInstanceOf(RetryLater)
    expect(file).toMatchObject({ state: 'pending', errorCode: 'upstream_unreachable' })
    expect(file.error).toMatch(/did not continue the same file/)
    expect(file.nextAttemptAt).not.toBeNull()
  })

  it.each([
    ['names no version', {}],
    ['names a weak version', { etag: 'W/"v1"' }],
    ['takes no ranges', { etag: '"v1"', 'accept-ranges': 'none' }],
  ])('waits for a new attempt when the upstream %s', async (_name, headers) => {
    const place = path()
    const id = await declareRow(ctx, upstream.route(place, truncated(bytes, 100_000, headers)))
    const { error, file } = await runFetch(ctx, id)
    expect(error).toBeInstanceOf(RetryLater)
    expect(file.error).toMatch(/closed the connection after 98 of 293 KiB/)
    expect(upstream.requests.filter(({ url }) => url === place)).toHaveLength(1)
  })

  it('goes on as often as it gets on', async () => {
    const large = sampleBytes(10 * 1024 ** 2, 'large')
    const id = await declareRow(
      ctx,
      upstream.route(path(), resumable(large, { cutAfter: 1024 ** 2, breaks: 9 })),
    )
    const { error, file, log } = await runFetch(ctx, id)
    expect(error).toBeUndefined()
    expect(file.sha256).toBe(sha256(large))
    expect(log).toHaveLength(9)
  })

  it('is not asked for without end', async () => {
    const place = path()
    const id = await declareRow(ctx, upstream.route(place, resumable(bytes, { cutAfter: 1, breaks: 1000 })))
    const { error } = await runFetch(ctx, id)
    expect(error).toBeInstanceOf(RetryLater)
    expect(upstream.requests.filter(({ url }) => url === place).length).toBe(6)
  })
})

describe('a fetch that is run by the runner', () => {
  it('is tried again until it succeeds, and says what it waits for', async () => {
    await startFetches()
    const bytes = sampleBytes(1000, 'flaky')
    const id = await declareRow(ctx, upstream.route(path(), inTurn(status(500), status(503), ok(bytes))))
    const taskId = await enqueueFetch(id)
    await expect.poll(async () => (await readFile(id)).state, patience).toBe('stored')
    expect(await readFile(id)).toMatchObject({
      attempts: 3,
      error: null,
      errorCode: null,
      nextAttemptAt: null,
    })
    const log = await ctx.db.taskLog.findMany({ where: { taskId }, orderBy: { id: 'asc' } })
    expect(log.map(({ message }) => message.replace(/^\S+ /, ''))).toEqual([
      expect.stringMatching(/^answered 500 Internal Server Error\. Next try at /),
      expect.stringMatching(/^answered 503 Service Unavailable\. Next try at /),
    ])
  })

  it('ends when it is cancelled, and leaves nothing', async () => {
    await startFetches()
    const source = held(sampleBytes(100_000, 'cancelled'))
    const id = await declareRow(ctx, upstream.route(path(), source.handler))
    const before = await storedPaths(ctx)
    const taskId = await enqueueFetch(id)
    await source.arrived
    source.send(1000)
    await cancelTask(ctx, system, { id: taskId })
    await expect
      .poll(async () => (await ctx.db.task.findUniqueOrThrow({ where: { id: taskId } })).state, patience)
      .toBe('cancelled')
    expect(await readFile(id)).toMatchObject({
      state: 'failed',
      errorCode: 'cancelled',
      error: 'The fetch was cancelled.',
    })
    expect(await storedPaths(ctx)).toEqual(before)
  })

  it('ends when it is cancelled between two attempts', async () => {
    await startFetches()
    const later = { 'retry-after': 600 }
    const id = await declareRow(ctx, upstream.route(path(), status(503, later)))
    const taskId = await enqueueFetch(id)
    await expect.poll(async () => (await readFile(id)).nextAttemptAt, patience).not.toBeNull()
    await expect
      .poll(async () => (await ctx.db.task.findUniqueOrThrow({ where: { id: taskId } })).state, patience)
      .toBe('waiting')
    await cancelTask(ctx, system, { id: taskId })
    await expect.poll(async () => (await readFile(id)).errorCode, patience).toBe('cancelled')
    expect(await readFile(id)).toMatchObject({ state: 'failed', nextAttemptAt: null })
  })

  it('goes back when the process stops, and is completed by the next', async () => {
    const first = await startFetches()
    const bytes = sampleBytes(100_000, 'drained')
    const source = held(bytes)
    const id = await declareRow(ctx, upstream.route(path(), inTurn(source.handler, ok(bytes))))
    await enqueueFetch(id)
    await source.arrived
    source.send(1000)
    await first.stop()
    expect(await readFile(id)).toMatchObject({ state: 'pending', attempts: 0, error: null })
    expect((await storedPaths(ctx)).filter((stored) => !stored.startsWith('blobs/'))).toEqual([])
    await startFetches()
    await expect.poll(async () => (await readFile(id)).state, patience).toBe('stored')
    expect(await readFile(id)).toMatchObject({ attempts: 1, sha256: sha256(bytes) })
  })

  it('survives kill -9 half-way: another process completes it', async () => {
    const bytes = sampleBytes(100_000, 'killed')
    const source = held(bytes)
    const id = await declareRow(ctx, upstream.route(path(), inTurn(source.handler, ok(bytes))))
    const { child } = await startChild(ctx, 'runner-child.ts')
    onTestFinished(() => void child.kill('SIGKILL'))
    await enqueueFetch(id)
    await source.arrived
    source.send(50_000)
    await expect
      .poll(async () => (await storedPaths(ctx)).filter((stored) => stored.startsWith('.tmp/')), patience)
      .toHaveLength(1)
    await kill(child)
    expect(await readFile(id)).toMatchObject({ state: 'fetching' })
    await startFetches()
    await expect.poll(async () => (await readFile(id)).state, patience).toBe('stored')
    expect((await buffer(await ctx.blobs.read(sha256(bytes)))).equals(bytes)).toBe(true)
    expect(await ctx.storage.stat(blobKey(sha256(bytes)))).toMatchObject({ size: 100_000 })
  })
})

describe('after the last attempt', () => {
  it('the file has failed, with the error and that nothing more is tried', async () => {
    const id = await declareRow(ctx, upstream.route(path(), status(500)))
    const { error, file } = await runFetch(ctx, id, { env: { ENTREPOT_FETCH_ATTEMPTS: 3 }, attempt: 3 })
    expect((error as AppError).code).toBe('upstream_unreachable')
    expect(file).toMatchObject({ state: 'failed', errorCode: 'upstream_unreachable', nextAttemptAt: null })
    expect(file.error).toMatch(/answered 500 Internal Server Error\. Given up after 3 attempts\.$/)
  })
})
