import { describe, expect, it } from 'vitest'
import { removeManifest, removeTag } from '@/server/oci/remove-manifest'
import { removeRepository } from '@/server/oci/remove-repository'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { addImage, addRepository } from '@/test/support/registry-rows'

const ctx = await openTestContext()
const administrator = await createActor(ctx, 'administrator')
const member = await createActor(ctx, 'member')
const cluster = 'default'

async function filled(name: string) {
  const repository = await addRepository(ctx, name)
  const image = await addImage(ctx, repository, { layers: ['base:1000', `${name}:5`], tags: ['1', '2'] })
  const tags = async () =>
    (await ctx.db.tag.findMany({ where: { repositoryId: repository.id }, orderBy: { name: 'asc' } })).map(
      (tag) => tag.name,
    )
  return { repository, image, tags }
}

describe('from the portal', () => {
  it('a tag goes, and what it led to stays', async () => {
    const name = 'a/tag'
    const { repository, tags } = await filled(name)
    expect(await removeTag(ctx, administrator, { cluster, name, tag: '1', dryRun: true })).toEqual({
      tags: ['1'],
    })
    expect(await tags()).toEqual(['1', '2'])
    await removeTag(ctx, administrator, { cluster, name, tag: '1' })
    expect(await tags()).toEqual(['2'])
    expect(await ctx.db.manifest.count({ where: { repositoryId: repository.id } })).toBe(1)
  })

  it('a manifest goes with its tags', async () => {
    const name = 'a/manifest'
    const { repository, image, tags } = await filled(name)
    const { digest } = image
    expect(await removeManifest(ctx, administrator, { cluster, name, digest, dryRun: true })).toEqual({
      tags: ['1', '2'],
    })
    expect(await tags()).toEqual(['1', '2'])
    await removeManifest(ctx, administrator, { cluster, name, digest })
    expect(await tags()).toEqual([])
    expect(await ctx.db.manifest.count({ where: { repositoryId: repository.id } })).toBe(0)
  })

  it('a repository goes with all that is in it, and others keep what they share', async () => {
    const name = 'a/repository'
    const { repository } = await filled(name)
    const other = await filled('a/neighbour')
    await removeRepository(ctx, administrator, { cluster, name, dryRun: true })
    expect(await ctx.db.repository.count({ where: { name } })).toBe(1)
    await removeRepository(ctx, administrator, { cluster, name })
    expect(await ctx.db.repository.count({ where: { name } })).toBe(0)
    expect(await ctx.db.repositoryBlob.count({ where: { repositoryId: other.repository.id } })).toBe(3)
    const [row] = await ctx.db.auditEntry.findMany({ where: { subjectId: repository.id } })
    expect(row).toMatchObject({
      action: 'registry.remove',
      subjectName: name,
      details: { tags: 2, manifests: 1 },
    })
  })

  it('nothing goes without the permission, nor where tags are immutable', async () => {
    const name = 'a/kept'
    const { repository, image, tags } = await filled(name)
    const refused = { code: 'forbidden', message: expect.stringContaining('remove') }
    await expect(removeTag(ctx, member, { cluster, name, tag: '1' })).rejects.toMatchObject(refused)
    await expect(removeManifest(ctx, member, { cluster, name, digest: image.digest })).rejects.toMatchObject(
      refused,
    )
    await expect(removeRepository(ctx, member, { cluster, name })).rejects.toMatchObject(refused)
    await ctx.db.repository.update({ where: { id: repository.id }, data: { immutableTags: true } })
    const immutable = { code: 'forbidden', message: expect.stringContaining('immutable') }
    await expect(removeTag(ctx, administrator, { cluster, name, tag: '1' })).rejects.toMatchObject(immutable)
    await expect(removeRepository(ctx, administrator, { cluster, name })).rejects.toMatchObject(immutable)
    expect(await tags()).toEqual(['1', '2'])
  })
})
