import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Caller } from '@/server/oci/access/caller'
import { chunkKey, clusterBlobKey } from '@/server/oci/blob-keys'
import { commitBlob, lockBlob } from '@/server/oci/commit-blob'
import { mountBlob } from '@/server/oci/mount-blob'
import { pushBlob } from '@/server/oci/push-blob'
import { ensureRepository } from '@/server/oci/repository'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { digestOf, lockWaiters, putBlob } from '@/test/support/registry-push'

const ctx = await openTestContext()
const cluster = ctx.clusters.named('default')
const { storage } = cluster
const administrator: Caller = { actor: await createActor(ctx, 'administrator'), grants: 'all' }
const member: Caller = { actor: await createActor(ctx, 'member'), grants: 'all' }

let name = ''
let count = 0
beforeEach(() => {
  count += 1
  name = `blobs/${count}`
})

const repositoriesOf = async (digest: string) =>
  (
    await ctx.db.repositoryBlob.findMany({
      where: { digest },
      select: { repository: { select: { name: true } } },
    })
  )
    .map(({ repository }) => repository.name)
    .sort()
const isThere = async (key: string) => (await storage.stat(key)) !== undefined

async function arrived(content: string) {
  const key = chunkKey(randomUUID())
  await storage.write(key, Readable.from([Buffer.from(content)]))
  const { id: repositoryId } = await ensureRepository(ctx, cluster, name)
  return { repositoryId, digest: digestOf(content), size: Buffer.byteLength(content), key }
}

describe('a blob that has arrived', () => {
  it('is in its place, and of its repository', async () => {
    const blob = await arrived('one')
    await commitBlob(ctx, cluster, blob)
    expect([await isThere(blob.key), await isThere(clusterBlobKey(blob.digest))]).toEqual([false, true])
    expect(await repositoriesOf(blob.digest)).toEqual([name])
  })

  it('twice at once is one, and neither copy is left', async () => {
    const first = await arrived('two')
    const second = await arrived('two')
    await Promise.all([commitBlob(ctx, cluster, first), commitBlob(ctx, cluster, second)])
    expect([await isThere(first.key), await isThere(second.key)]).toEqual([false, false])
    expect((await storage.stat(clusterBlobKey(first.digest)))?.size).toBe(3)
    expect(await ctx.db.clusterBlob.count({ where: { digest: first.digest } })).toBe(1)
    expect(await repositoriesOf(first.digest)).toEqual([name])
  })

  it('replaces one of which bytes are missing', async () => {
    const blob = await arrived('three')
    await storage.write(clusterBlobKey(blob.digest), Readable.from([Buffer.from('th')]))
    await commitBlob(ctx, cluster, blob)
    expect((await storage.stat(clusterBlobKey(blob.digest)))?.size).toBe(5)
  })

  it('whose bytes are swept at the same moment is not said to be there', async () => {
    const blob = await arrived('four')
    let committing: Promise<void> | undefined
    await ctx.db.$transaction(async (tx) => {
      await lockBlob(tx, cluster, blob.digest)
      committing = commitBlob(ctx, cluster, blob)
      committing.catch(() => undefined)
      await vi.waitFor(async () => expect(await lockWaiters(ctx)).toBeGreaterThan(0))
      await tx.clusterBlob.deleteMany({ where: { digest: blob.digest } })
      await storage.remove(clusterBlobKey(blob.digest))
    })
    await expect(committing).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 })
    expect(await repositoriesOf(blob.digest)).toEqual([])
    await putBlob(ctx, name, 'four')
    expect(await repositoriesOf(blob.digest)).toEqual([name])
  })

  it('for a repository that was removed meanwhile says so', async () => {
    const blob = await arrived('five')
    await ctx.db.repository.deleteMany({ where: { name } })
    await expect(commitBlob(ctx, cluster, blob)).rejects.toMatchObject({ fault: 'NAME_UNKNOWN' })
  })

  it('in one request with another digest leaves nothing', async () => {
    const body = Readable.from([Buffer.from('six')])
    const digest = digestOf('not six')
    await expect(pushBlob(ctx, cluster, { name, digest, body })).rejects.toMatchObject({
      fault: 'DIGEST_INVALID',
    })
    expect([await repositoriesOf(digest), await repositoriesOf(digestOf('six'))]).toEqual([[], []])
    for await (const key of storage.list('uploads/')) expect(key).toBe('nothing')
  })
})

describe('a mount', () => {
  const mount = (digest: string, caller = administrator, from?: string) =>
    mountBlob(ctx, cluster, caller, { name, digest, from })

  it('gives the repository what another has', async () => {
    const digest = await putBlob(ctx, 'blobs/source', 'mounted')
    expect(await mount(digest, administrator, 'blobs/source')).toBe(true)
    expect(await repositoriesOf(digest)).toEqual([name, 'blobs/source'].sort())
    expect(await mount(digest, administrator, 'blobs/source')).toBe(true)
  })

  it('finds who has it by itself', async () => {
    const digest = await putBlob(ctx, 'blobs/source', 'found')
    expect(await mount(digest)).toBe(true)
  })

  it('of what is not there is none, and makes no repository', async () => {
    const digest = await putBlob(ctx, 'blobs/source', 'elsewhere')
    expect(await mount(digestOf('absent'))).toBe(false)
    expect(await mount(digest, administrator, 'blobs/other')).toBe(false)
    expect(await mountBlob(ctx, { ...cluster, name: 'elsewhere' }, administrator, { name, digest })).toBe(
      false,
    )
    expect(await ctx.db.repository.count({ where: { name } })).toBe(0)
  })

  it('of what the caller may not read is the same as of what is not there', async () => {
    const digest = await putBlob(ctx, 'closed/source', 'hidden')
    await ctx.db.node.create({
      data: {
        cluster: 'default',
        path: 'closed',
        rules: { create: { subject: 'everyone', permissions: ['read'], effect: 'deny' } },
      },
    })
    expect(await mount(digest, member, 'closed/source')).toBe(false)
    expect(await mount(digest, member)).toBe(false)
    expect(await repositoriesOf(digest)).toEqual(['closed/source'])
    await putBlob(ctx, 'blobs/open', 'hidden')
    expect(await mount(digest, member)).toBe(true)
  })

  it('of a blob that goes at the same moment is none', async () => {
    const digest = await putBlob(ctx, 'blobs/source', 'going')
    let mounting: Promise<boolean> | undefined
    await ctx.db.$transaction(async (tx) => {
      await lockBlob(tx, cluster, digest)
      mounting = mount(digest)
      await vi.waitFor(async () => expect(await lockWaiters(ctx)).toBeGreaterThan(0))
      await tx.repositoryBlob.deleteMany({ where: { digest } })
      await tx.clusterBlob.deleteMany({ where: { digest } })
    })
    expect(await mounting).toBe(false)
  })
})
