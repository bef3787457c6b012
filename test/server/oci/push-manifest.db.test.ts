import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { deleteBlob } from '@/server/oci/delete-blob'
import { deleteManifest } from '@/server/oci/delete-manifest'
import { deleteTag } from '@/server/oci/delete-tag'
import { readManifest } from '@/server/oci/manifest'
import { pushManifest } from '@/server/oci/push-manifest'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { digestOf, imageOf, indexOf, lockWaiters, putBlob, putManifest } from '@/test/support/registry-push'

const ctx = await openTestContext()
const cluster = ctx.clusters.named('default')
const caller = { actor: await createActor(ctx, 'administrator'), grants: 'all' as const }

let name = ''
let count = 0
const BLOBS = ['configuration', 'layer one', 'layer two']
const content = imageOf(BLOBS)
const digest = digestOf(content)

beforeEach(async () => {
  count += 1
  name = `push/${count}`
  for (const blob of BLOBS) await putBlob(ctx, name, blob)
})

const repository = () => ctx.db.repository.findFirstOrThrow({ where: { name } })
const push = (part: { content?: Buffer; tags?: string[] } = {}) =>
  putManifest(ctx, caller, { name, content, ...part })
const tags = async () =>
  (await ctx.db.tag.findMany({ where: { repository: { name } }, orderBy: { name: 'asc' } })).map(
    (tag) => `${tag.name} ${tag.digest}`,
  )
const audit = async (action: string) =>
  ctx.db.auditEntry.findMany({ where: { action, subjectId: (await repository()).id } })

/** A transaction of another process, which holds what the statement locks until it is told to go on. */
async function holding(statement: string, values: unknown[]) {
  const client = await ctx.pool.connect()
  onTestFinished(() => client.release(true))
  await client.query('BEGIN')
  await client.query(statement, values)
  return {
    async end(...more: [string, unknown[]][]) {
      for (const [text, parameters] of more) await client.query(text, parameters)
      await client.query('COMMIT')
    },
  }
}

const waits = () => vi.waitFor(async () => expect(await lockWaiters(ctx)).toBeGreaterThan(0))

describe('a manifest', () => {
  it('is kept with its parts in order, its tags and a row of the audit', async () => {
    expect(await push({ tags: ['b', 'a'] })).toBe(digest)
    const { id } = await repository()
    const row = await ctx.db.manifest.findUniqueOrThrow({
      where: { repositoryId_digest: { repositoryId: id, digest } },
      include: { parts: { orderBy: { position: 'asc' } } },
    })
    expect(Buffer.from(row.content).equals(content)).toBe(true)
    expect(row.parts.map((part) => [part.kind, part.digest])).toEqual([
      ['config', digestOf('configuration')],
      ['layer', digestOf('layer one')],
      ['layer', digestOf('layer two')],
    ])
    expect(await tags()).toEqual([`a ${digest}`, `b ${digest}`])
    expect((await audit('registry.push')).map((entry) => entry.details)).toEqual([
      { cluster: 'default', digest, tags: ['b', 'a'] },
    ])
  })

  it('that names what is not there leaves nothing', async () => {
    await expect(push({ content: imageOf([...BLOBS, 'absent']), tags: ['a'] })).rejects.toMatchObject({
      fault: 'MANIFEST_BLOB_UNKNOWN',
      detail: { digests: [digestOf('absent')] },
    })
    expect(await ctx.db.manifest.count({ where: { repository: { name } } })).toBe(0)
    expect(await tags()).toEqual([])
    expect(await audit('registry.push')).toEqual([])
  })

  it('names what its own repository has, not another', async () => {
    await putBlob(ctx, 'push/elsewhere', 'of another')
    await expect(push({ content: imageOf([...BLOBS, 'of another']) })).rejects.toMatchObject({
      fault: 'MANIFEST_BLOB_UNKNOWN',
    })
    const index = indexOf([content])
    await expect(push({ content: index })).rejects.toMatchObject({ fault: 'MANIFEST_BLOB_UNKNOWN' })
    await push()
    expect(await push({ content: index })).toBe(digestOf(index))
  })

  it('may name as many blobs as its size allows', async () => {
    const layers = Array.from({ length: 20_000 }, () => 'layer one')
    const large = imageOf(['configuration', ...layers])
    await push({ content: large })
    expect(await ctx.db.manifestPart.count({ where: { manifest: digestOf(large) } })).toBe(20_001)
  })

  it('may have annotations of any name and text', async () => {
    const annotations = JSON.parse('{"constructor":"b","é":"\u{1F600}","":"\\u2028"}')
    const annotated = imageOf(BLOBS, { annotations })
    await push({ content: annotated })
    const row = await ctx.db.manifest.findFirstOrThrow({ where: { digest: digestOf(annotated) } })
    expect(Object.entries(row.annotations as object).sort()).toEqual(Object.entries(annotations).sort())
    expect(readManifest(Buffer.from(row.content), undefined).annotations).toEqual(annotations)
  })

  it('again, twenty times at once, is one manifest', async () => {
    const pushes = Array.from({ length: 20 }, (_, at) => push({ tags: [`t${at % 4}`, `t${(at + 1) % 4}`] }))
    expect(new Set(await Promise.all(pushes))).toEqual(new Set([digest]))
    expect(await tags()).toHaveLength(4)
  })

  it('by another digest than its own is refused', async () => {
    const arrived = { name, content, contentType: undefined, tags: [] }
    for (const wrong of [digestOf('other'), digestOf('other', 'sha512')]) {
      await expect(pushManifest(ctx, cluster, caller, { ...arrived, digest: wrong })).rejects.toMatchObject({
        fault: 'DIGEST_INVALID',
      })
    }
    const sha512 = digestOf(content, 'sha512')
    expect((await pushManifest(ctx, cluster, caller, { ...arrived, digest: sha512 })).digest).toBe(sha512)
  })
})

describe('a manifest and a deletion at the same moment', () => {
  it('a blob that goes first leaves no manifest that names it', async () => {
    const { id } = await repository()
    const blob = digestOf('layer one')
    const first = await holding(
      'SELECT 1 FROM repository_blobs WHERE repository_id = $1 AND digest = $2 FOR UPDATE',
      [id, blob],
    )
    const pushing = push()
    await waits()
    await first.end(['DELETE FROM repository_blobs WHERE repository_id = $1 AND digest = $2', [id, blob]])
    await expect(pushing).rejects.toMatchObject({ fault: 'MANIFEST_BLOB_UNKNOWN' })
    expect(await ctx.db.manifest.count({ where: { repositoryId: id } })).toBe(0)
  })

  it('a manifest that comes first keeps its blobs', async () => {
    const { id } = await repository()
    const blob = digestOf('layer one')
    const first = await holding(
      'SELECT 1 FROM repository_blobs WHERE repository_id = $1 AND digest = $2 FOR SHARE',
      [id, blob],
    )
    const deleting = deleteBlob(ctx, cluster, caller, { name, digest: blob })
    await waits()
    await first.end(
      [
        `INSERT INTO manifests (repository_id, digest, media_type, content, size, pushed_by) VALUES ($1, $2, 'a', '', 0, 'x')`,
        [id, digest],
      ],
      [
        `INSERT INTO manifest_parts (repository_id, manifest, position, kind, digest, media_type, size)
         VALUES ($1, $2, 0, 'layer', $3, 'a', 9)`,
        [id, digest, blob],
      ],
    )
    await expect(deleting).rejects.toMatchObject({ fault: 'UNSUPPORTED' })
    expect(await ctx.db.repositoryBlob.count({ where: { repositoryId: id, digest: blob } })).toBe(1)
  })

  it('the same manifest, deleted while it is pushed again, is there', async () => {
    const { id } = await repository()
    await push({ tags: ['a'] })
    const first = await holding(
      'SELECT 1 FROM manifests WHERE repository_id = $1 AND digest = $2 FOR UPDATE',
      [id, digest],
    )
    const pushing = push({ tags: ['a', 'b'] })
    await waits()
    await first.end(
      ['DELETE FROM tags WHERE repository_id = $1 AND digest = $2', [id, digest]],
      ['DELETE FROM manifests WHERE repository_id = $1 AND digest = $2', [id, digest]],
    )
    expect(await pushing).toBe(digest)
    expect(await tags()).toEqual([`a ${digest}`, `b ${digest}`])
  })

  it('pushes and deletions in any order never leave a manifest without its blobs', async () => {
    const blob = digestOf('layer one')
    const { id } = await repository()
    const known = ['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'MANIFEST_UNKNOWN', 'UNSUPPORTED']
    for (let round = 0; round < 15; round += 1) {
      const outcomes = await Promise.allSettled([
        push({ tags: ['a'] }),
        deleteManifest(ctx, cluster, caller, { name, digest }),
        deleteBlob(ctx, cluster, caller, { name, digest: blob }),
        push({ tags: ['b'] }),
        putBlob(ctx, name, 'layer one'),
      ])
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(known).toContain(outcome.reason.fault)
      }
      const { rows } = await ctx.pool.query(
        `SELECT p.digest FROM manifest_parts p LEFT JOIN repository_blobs b USING (repository_id, digest)
         WHERE p.repository_id = $1 AND b.digest IS NULL`,
        [id],
      )
      expect(rows).toEqual([])
      await putBlob(ctx, name, 'layer one')
    }
  })
})

describe('immutable tags', () => {
  const other = imageOf(['configuration'])

  it('lead where they led, and may be set to that again', async () => {
    await push({ tags: ['a'] })
    await ctx.db.repository.updateMany({ where: { name }, data: { immutableTags: true } })
    await push({ tags: ['a', 'new'] })
    await expect(push({ content: other, tags: ['fresh', 'a'] })).rejects.toMatchObject({ fault: 'DENIED' })
    expect(await tags()).toEqual([`a ${digest}`, `new ${digest}`])
    expect(await ctx.db.manifest.count({ where: { repository: { name } } })).toBe(1)
    await push({ content: other })
  })

  it('are not deleted, nor what they lead to; what none leads to is', async () => {
    await push({ tags: ['a'] })
    await push({ content: other })
    await ctx.db.repository.updateMany({ where: { name }, data: { immutableTags: true } })
    const denied = { fault: 'DENIED' }
    await expect(deleteTag(ctx, cluster, caller, { name, tag: 'a' })).rejects.toMatchObject(denied)
    await expect(deleteManifest(ctx, cluster, caller, { name, digest })).rejects.toMatchObject(denied)
    await deleteManifest(ctx, cluster, caller, { name, digest: digestOf(other) })
    expect(await tags()).toEqual([`a ${digest}`])
  })

  it('of two pushes at once lead to what came first', async () => {
    await ctx.db.repository.updateMany({ where: { name }, data: { immutableTags: true } })
    const outcomes = await Promise.allSettled([push({ tags: ['a'] }), push({ content: other, tags: ['a'] })])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await tags()).toHaveLength(1)
  })
})

describe('deleting', () => {
  it('a manifest takes its tags, and is on record', async () => {
    await push({ tags: ['a', 'b'] })
    await push({ content: imageOf(['configuration']), tags: ['c'] })
    const { tags: gone } = await deleteManifest(ctx, cluster, caller, { name, digest })
    expect(gone.sort()).toEqual(['a', 'b'])
    expect(await tags()).toHaveLength(1)
    expect((await audit('registry.delete')).map((entry) => entry.details)).toEqual([
      { cluster: 'default', digest, tags: expect.arrayContaining(['a', 'b']) },
    ])
  })

  it('a tag leaves the manifest, and is on record', async () => {
    await push({ tags: ['a'] })
    await deleteTag(ctx, cluster, caller, { name, tag: 'a' })
    await expect(deleteTag(ctx, cluster, caller, { name, tag: 'a' })).rejects.toMatchObject({
      fault: 'MANIFEST_UNKNOWN',
    })
    expect(await ctx.db.manifest.count({ where: { repository: { name } } })).toBe(1)
    expect(await audit('registry.untag')).toHaveLength(1)
  })

  it('a blob takes it from this repository alone, and is on record', async () => {
    const blob = digestOf('layer one')
    await putBlob(ctx, 'push/keeper', 'layer one')
    await push()
    await expect(deleteBlob(ctx, cluster, caller, { name, digest: blob })).rejects.toMatchObject({
      fault: 'UNSUPPORTED',
    })
    await deleteManifest(ctx, cluster, caller, { name, digest })
    await deleteBlob(ctx, cluster, caller, { name, digest: blob })
    await expect(deleteBlob(ctx, cluster, caller, { name, digest: blob })).rejects.toMatchObject({
      fault: 'BLOB_UNKNOWN',
    })
    expect(
      await ctx.db.repositoryBlob.count({ where: { digest: blob, repository: { name: 'push/keeper' } } }),
    ).toBe(1)
    expect((await audit('registry.delete')).map((entry) => entry.details)).toContainEqual({
      cluster: 'default',
      digest: blob,
      kind: 'blob',
    })
  })
})
