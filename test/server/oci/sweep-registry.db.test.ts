import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { appendChunk } from '@/server/oci/append-chunk'
import { chunkKey, clusterBlobKey } from '@/server/oci/blob-keys'
import { lockBlob } from '@/server/oci/commit-blob'
import { startUpload } from '@/server/oci/start-upload'
import { sweepRegistry } from '@/server/oci/sweep-registry'
import { openUpload } from '@/server/oci/upload'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { digestOf, lockWaiters, putBlob } from '@/test/support/registry-push'

const HOUR = 3_600_000
const ctx = await openTestContext()
const cluster = ctx.clusters.named('default')
const { storage } = cluster
const caller = { actor: await createActor(ctx, 'administrator'), grants: 'all' as const }
const name = 'sweep/it'

async function begun(content = 'a chunk'): Promise<{ id: string; key: string }> {
  const id = await startUpload(ctx, cluster, caller, { name })
  const body = Readable.from([Buffer.from(content)])
  const { chunks } = await appendChunk(ctx, cluster, await openUpload(ctx, cluster, { name, id }), {
    body,
    contentRange: undefined,
  })
  return { id, key: chunks[0]?.key ?? '' }
}

const isThere = async (key: string) => (await storage.stat(key)) !== undefined
const sweep = (olderThanMs = -1_000) => sweepRegistry(ctx, olderThanMs)
/** Nothing is left of others’ tests. */
beforeAll(() => sweep())

describe('an upload', () => {
  it('that is young stays, and can be gone on with', async () => {
    const { id, key } = await begun()
    expect(await sweep(HOUR)).toBe(0)
    expect(await isThere(key)).toBe(true)
    expect((await openUpload(ctx, cluster, { name, id })).received).toBe(7)
  })

  it('that nobody goes on with is gone, with its chunks', async () => {
    const { id, key } = await begun()
    const at = new Date(Date.now() - 2 * HOUR)
    await ctx.db.upload.update({ where: { id }, data: { updatedAt: at } })
    expect(await sweep(HOUR)).toBe(1)
    expect(await isThere(key)).toBe(false)
    await expect(openUpload(ctx, cluster, { name, id })).rejects.toMatchObject({
      fault: 'BLOB_UPLOAD_UNKNOWN',
    })
  })

  it('that is finished or gone on with while it is swept does not end the sweep', async () => {
    const [first, second, third] = [await begun(), await begun(), await begun()]
    const ids = [first.id, second.id, third.id]
    const at = new Date(Date.now() - 2 * HOUR)
    await ctx.db.upload.updateMany({ where: { id: { in: ids } }, data: { updatedAt: at } })
    // When the first one’s bytes go, the second is finished, and the third has a new chunk.
    const remove = vi.spyOn(storage, 'remove').mockImplementationOnce(async (key) => {
      await ctx.db.upload.deleteMany({
        where: { id: { in: ids.filter((id) => id !== first.id) }, NOT: { id: third.id } },
      })
      await ctx.db.upload.update({ where: { id: third.id }, data: { updatedAt: new Date() } })
      remove.mockRestore()
      await storage.remove(key)
    })
    await sweep(HOUR)
    expect(await isThere(third.key)).toBe(true)
    expect((await openUpload(ctx, cluster, { name, id: third.id })).received).toBe(7)
  })
})

describe('a chunk', () => {
  it('that belongs to no upload is gone when it is old enough', async () => {
    const key = chunkKey(randomUUID())
    await storage.write(key, Readable.from([Buffer.from('lost')]))
    await sweep(HOUR)
    expect(await isThere(key)).toBe(true)
    await sweep()
    expect(await isThere(key)).toBe(false)
  })
})

describe('a blob', () => {
  const unlinked = async (content: string) => {
    const digest = await putBlob(ctx, name, content)
    await ctx.db.repositoryBlob.deleteMany({ where: { digest } })
    return digest
  }
  const rows = (digest: string) => ctx.db.clusterBlob.count({ where: { digest } })

  it('that a repository has stays, however old', async () => {
    const digest = await putBlob(ctx, name, 'kept')
    await sweep()
    expect([await rows(digest), await isThere(clusterBlobKey(digest))]).toEqual([1, true])
  })

  it('that none has stays while it is young, and goes with its bytes later', async () => {
    const digest = await unlinked('not wanted')
    await sweep(HOUR)
    expect([await rows(digest), await isThere(clusterBlobKey(digest))]).toEqual([1, true])
    await sweep()
    expect([await rows(digest), await isThere(clusterBlobKey(digest))]).toEqual([0, false])
  })

  it('goes in one sweep with a thousand others', async () => {
    const digests = Array.from({ length: 1_100 }, (_, at) => digestOf(`many ${at}`))
    await ctx.db.clusterBlob.createMany({
      data: digests.map((digest) => ({ cluster: 'default', digest, size: 1 })),
    })
    await sweep()
    expect(await ctx.db.clusterBlob.count({ where: { digest: { in: digests } } })).toBe(0)
  })

  it('that is pushed while it is swept is there, or its push says to come again', async () => {
    for (let round = 0; round < 10; round += 1) {
      const content = `contended ${round}`
      const digest = await unlinked(content)
      const [pushed] = await Promise.allSettled([putBlob(ctx, name, content), sweep()])
      if (pushed.status === 'rejected')
        expect(pushed.reason).toMatchObject({ code: 'unavailable', retryAfter: 1 })
      const links = await ctx.db.repositoryBlob.count({ where: { digest } })
      expect(links).toBe(pushed.status === 'fulfilled' ? 1 : 0)
      if (links > 0) expect(await isThere(clusterBlobKey(digest))).toBe(true)
    }
  })

  it('is not swept while another process links it', async () => {
    const digest = await unlinked('being linked')
    let swept: Promise<number> | undefined
    await ctx.db.$transaction(async (tx) => {
      await lockBlob(tx, cluster, digest)
      swept = sweep()
      await vi.waitFor(async () => expect(await lockWaiters(ctx)).toBeGreaterThan(0))
      const { id: repositoryId } = await tx.repository.findFirstOrThrow({ where: { name } })
      await tx.repositoryBlob.create({ data: { repositoryId, cluster: 'default', digest } })
    })
    await swept
    expect([await rows(digest), await isThere(clusterBlobKey(digest))]).toEqual([1, true])
  })
})
