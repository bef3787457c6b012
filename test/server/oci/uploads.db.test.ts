import { Readable } from 'node:stream'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openContext } from '@/server/context'
import { appendChunk } from '@/server/oci/append-chunk'
import { chunkKey, clusterBlobKey } from '@/server/oci/blob-keys'
import { cancelUpload, finishUpload } from '@/server/oci/finish-upload'
import { startUpload } from '@/server/oci/start-upload'
import { type OpenUpload, openUpload } from '@/server/oci/upload'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { digestOf } from '@/test/support/registry-push'

const ctx = await openTestContext()
const cluster = ctx.clusters.named('default')
const { storage } = cluster
const caller = { actor: await createActor(ctx, 'administrator'), grants: 'all' as const }

let name = ''
let count = 0
beforeEach(() => {
  count += 1
  name = `uploads/${count}`
})

const start = () => startUpload(ctx, cluster, caller, { name })
const open = (id: string) => openUpload(ctx, cluster, { name, id })
const append = (upload: OpenUpload, content: string | Readable, contentRange?: string) =>
  appendChunk(ctx, cluster, upload, {
    body: typeof content === 'string' ? Readable.from([Buffer.from(content)]) : content,
    contentRange,
  })
const readBlob = async (digest: string) => {
  const parts: Buffer[] = []
  for await (const part of await storage.read(clusterBlobKey(digest))) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
const isLinked = async (digest: string) =>
  (await ctx.db.repositoryBlob.count({ where: { digest, repository: { name } } })) === 1
async function chunksLeft(): Promise<number> {
  let left = 0
  for await (const _key of storage.list('uploads/')) left += 1
  return left
}

describe('an upload', () => {
  it('is put together from its chunks, each of them taken by another process', async () => {
    const { env, log, secret } = ctx
    const databaseUrl = (ctx.pool as unknown as { options: { connectionString: string } }).options
      .connectionString
    const other = await openContext({ env, databaseUrl, secret, log })
    afterAll(() => other.close())
    const there = other.clusters.named('default')
    const id = await start()
    const content = ['first, ', 'second, ', 'third']
    for (const [at, part] of content.entries()) {
      const [process, place] = at % 2 ? ([other, there] as const) : ([ctx, cluster] as const)
      const upload = await openUpload(process, place, { name, id })
      expect(upload.received).toBe(content.slice(0, at).join('').length)
      await appendChunk(process, place, upload, {
        body: Readable.from([Buffer.from(part)]),
        contentRange: undefined,
      })
    }
    const digest = digestOf(content.join(''), 'sha512')
    await finishUpload(other, there, await openUpload(other, there, { name, id }), digest)
    expect([await readBlob(digest), await isLinked(digest)]).toEqual([content.join(''), true])
    await expect(open(id)).rejects.toMatchObject({ fault: 'BLOB_UPLOAD_UNKNOWN' })
    expect(await chunksLeft()).toBe(0)
  })

  it.each(['sha256', 'sha512'] as const)('of one chunk is moved to its place, by %s', async (algorithm) => {
    const upload = await append(await open(await start()), `whole ${algorithm}`)
    const digest = digestOf(`whole ${algorithm}`, algorithm)
    const write = vi.spyOn(storage, 'write')
    await finishUpload(ctx, cluster, upload, digest)
    expect(write).not.toHaveBeenCalled()
    write.mockRestore()
    expect([await readBlob(digest), await chunksLeft()]).toEqual([`whole ${algorithm}`, 0])
  })

  it('of no bytes is the empty blob', async () => {
    const digest = digestOf('')
    await finishUpload(ctx, cluster, await append(await open(await start()), ''), digest)
    expect([await readBlob(digest), await isLinked(digest)]).toEqual(['', true])
  })

  it.each([['one chunk'], ['two', ' chunks'], []])(
    'with another digest is over, and leaves nothing: %s %s',
    async (...parts) => {
      let upload = await open(await start())
      for (const part of parts) upload = await append(upload, part)
      const digest = digestOf('something else')
      await expect(finishUpload(ctx, cluster, upload, digest)).rejects.toMatchObject({
        fault: 'DIGEST_INVALID',
      })
      await expect(open(upload.id)).rejects.toMatchObject({ fault: 'BLOB_UPLOAD_UNKNOWN' })
      expect([await chunksLeft(), await isLinked(digest)]).toEqual([0, false])
    },
  )

  it('is of its repository and cluster alone', async () => {
    const id = await start()
    const unknown = { fault: 'BLOB_UPLOAD_UNKNOWN' }
    await expect(openUpload(ctx, cluster, { name: 'uploads/other', id })).rejects.toMatchObject(unknown)
    const elsewhere = { ...cluster, name: 'elsewhere' }
    await expect(openUpload(ctx, elsewhere, { name, id })).rejects.toMatchObject(unknown)
    for (const none of ['', 'none', id.toUpperCase(), `${id}\n`, `${id}' OR 1=1`, '../..']) {
      await expect(open(none)).rejects.toMatchObject(unknown)
    }
  })

  it('that was finished half before a kill is finished by the same request again', async () => {
    const content = 'killed between the move and the end'
    const digest = digestOf(content)
    const upload = await append(await open(await start()), content)
    await storage.move(upload.chunks[0]?.key ?? '', clusterBlobKey(digest))
    await finishUpload(ctx, cluster, await open(upload.id), digest)
    expect([await readBlob(digest), await isLinked(digest)]).toEqual([content, true])
  })

  it('that is cancelled twice is gone', async () => {
    const upload = await append(await open(await start()), 'x')
    await cancelUpload(ctx, cluster, upload)
    await cancelUpload(ctx, cluster, upload)
    expect(await chunksLeft()).toBe(0)
  })
})

describe('a chunk', () => {
  it.each([
    ['0-2', 'abc', undefined],
    ['0-1', 'abc', 'SIZE_INVALID'],
    ['0-3', 'abc', 'SIZE_INVALID'],
    ['1-3', 'abc', 'RANGE_INVALID'],
    ['3-1', 'abc', 'RANGE_INVALID'],
    ['none', 'abc', 'RANGE_INVALID'],
  ])('of the range %s with %j is taken, or leaves nothing', async (range, content, fault) => {
    const before = await chunksLeft()
    const upload = await open(await start())
    const [outcome] = await Promise.allSettled([append(upload, content, range)])
    expect(outcome.status === 'rejected' ? outcome.reason.fault : undefined).toBe(fault)
    expect((await open(upload.id)).received).toBe(fault === undefined ? 3 : 0)
    expect((await chunksLeft()) - before).toBe(fault === undefined ? 1 : 0)
  })

  it('that two send at once is taken once', async () => {
    const before = await chunksLeft()
    const upload = await open(await start())
    const outcomes = await Promise.allSettled(
      ['one', 'other', 'third'].map((content) => append(upload, content)),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ fault: 'RANGE_INVALID' })
    }
    expect((await chunksLeft()) - before).toBe(1)
  })

  it('whose body fails leaves nothing, and the upload where it was', async () => {
    const before = await chunksLeft()
    const upload = await append(await open(await start()), 'first')
    const failing = Readable.from(
      (async function* () {
        yield Buffer.alloc(1_000_000)
        throw new Error('the client is gone')
      })(),
    )
    await expect(append(upload, failing)).rejects.toThrow('the client is gone')
    expect((await open(upload.id)).received).toBe(5)
    expect((await chunksLeft()) - before).toBe(1)
    expect(await storage.sweep(-1_000)).toBe(0)
  })

  it('that makes the blob larger than blobs may be is refused', async () => {
    const upload = { ...(await open(await start())), received: ctx.env.ENTREPOT_FETCH_MAX_BYTES - 2 }
    await expect(append(upload, 'abc')).rejects.toMatchObject({ code: 'too_large' })
  })

  it('of more than can be put together is refused before its bytes are read', async () => {
    const id = await start()
    const chunks = Array.from({ length: 10_000 }, () => ({ key: chunkKey(id), size: 1 }))
    await ctx.db.upload.update({ where: { id }, data: { chunks, received: 10_000 } })
    const body = Readable.from([Buffer.from('x')])
    const read = vi.spyOn(body, 'read')
    await expect(append(await open(id), body)).rejects.toMatchObject({ fault: 'BLOB_UPLOAD_INVALID' })
    expect(read).not.toHaveBeenCalled()
  })
})
