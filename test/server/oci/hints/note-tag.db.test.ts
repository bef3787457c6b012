import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { forgetTag, noteTag } from '@/server/oci/hints/note-tag'
import { readHints } from '@/server/oci/hints/read-hints'
import { rebuildHintsTask } from '@/server/oci/hints/rebuild-hints'
import { hintsKey } from '@/server/oci/hints/store-hints'
import { toYson } from '@/server/oci/hints/yson'
import type { Cluster } from '@/server/storage/clusters'
import { RetryLater, type TaskRun } from '@/server/tasks/task'
import { openTestContext } from '@/test/support/context'
import { addImage, addIndex, addRepository, digestOf } from '@/test/support/registry-rows'
import { startYt } from '@/test/support/yt-server'

const yt = await startYt()
const disk = await mkdtemp(join(tmpdir(), 'entrepot-hints-'))
afterAll(async () => {
  await yt.close()
  await rm(disk, { recursive: true })
})
const ctx = await openTestContext({
  ENTREPOT_CLUSTERS: `disk=file:${disk} hume=${yt.place('//sys/admin/registry', '?auth=user')}`,
  ENTREPOT_YT_TOKEN: 'service-token',
})
const clusters = { disk: ctx.clusters.named('disk'), hume: ctx.clusters.named('hume') }
const { cypress } = yt
cypress.addUser('ana', 'ana-token')
cypress.allow('//home/ana', ['ana'], ['read', 'write', 'remove'])

beforeEach(() => {
  yt.requests.length = 0
  yt.trouble = () => undefined
})

const keyOf = (layer: string) => {
  const hex = digestOf(layer).slice('sha256:'.length)
  return `docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`
}
const stored = async ({ storage }: Cluster, name: string) =>
  (await storage.stat(hintsKey(name))) && text(await storage.read(hintsKey(name)))
const node = (path: string) => (cypress.execute('root', 'get', { path }) as { value: unknown }).value
const tasksOf = (id: string) => ctx.db.task.findMany({ where: { kind: 'registry.hints', subjectId: id } })
const run = (subjectId: string, attempt = 1) => rebuildHintsTask.run(ctx, { subjectId, attempt } as TaskRun)

describe('a cluster on a disk', () => {
  it('has the document beside the image, in the shape of origin 001', async () => {
    const repository = await addRepository(ctx, 'sys/admin/images/ubuntu', 'disk')
    await addImage(ctx, repository, { layers: ['base:1', 'top:2'], tags: ['22.04'] })
    await noteTag(ctx, clusters.disk, { repository, tag: '22.04' })
    expect(await stored(clusters.disk, repository.name)).toBe(
      `{\n"22.04" = [\n"${disk}/${keyOf('base')}";\n"${disk}/${keyOf('top')}"\n]\n}\n`,
    )
    const amd = await addImage(ctx, repository, { layers: ['base:1', 'amd:2'] })
    await addIndex(ctx, repository, [{ ...amd, platform: 'linux/amd64' }], ['multi'])
    await noteTag(ctx, clusters.disk, { repository, tag: 'multi' })
    expect(await stored(clusters.disk, repository.name)).toBe(
      `{\n"22.04" = [\n"${disk}/${keyOf('base')}";\n"${disk}/${keyOf('top')}"\n];\n` +
        `"multi" = {\n"linux/amd64" = [\n"${disk}/${keyOf('base')}";\n"${disk}/${keyOf('amd')}"\n]\n}\n}\n`,
    )
  })

  it('loses nothing of pushes at the same time', async () => {
    const repository = await addRepository(ctx, 'many/tags', 'disk')
    const tags = Array.from({ length: 30 }, (_, index) => `v${index}`)
    await Promise.all(
      tags.map(async (tag) => {
        await addImage(ctx, repository, { layers: [`layer of ${tag}:1`], tags: [tag] })
        await noteTag(ctx, clusters.disk, { repository, tag })
      }),
    )
    const document = await readHints(ctx.db, clusters.disk, repository.id)
    expect(Object.keys(document)).toEqual(tags.sort())
    expect(await stored(clusters.disk, repository.name)).toBe(`${toYson(document)}\n`)
  })

  it('forgets a tag, and the document with the last one', async () => {
    const repository = await addRepository(ctx, 'some/image', 'disk')
    await addImage(ctx, repository, { layers: ['base:1'], tags: ['a', 'b'] })
    await noteTag(ctx, clusters.disk, { repository, tag: 'a' })
    const untag = async (tag: string) => {
      await ctx.db.tag.deleteMany({ where: { repositoryId: repository.id, name: tag } })
      await forgetTag(ctx, clusters.disk, { repository, tag })
    }
    await untag('a')
    expect(await stored(clusters.disk, repository.name)).toBe(
      `{\n"b" = [\n"${disk}/${keyOf('base')}"\n]\n}\n`,
    )
    await untag('b')
    expect(await stored(clusters.disk, repository.name)).toBeUndefined()
  })

  it('that fails leaves the push alone, and has one task mend it', async () => {
    const repository = await addRepository(ctx, 'unlucky/image', 'disk')
    await addImage(ctx, repository, { layers: ['base:1'], tags: ['a'] })
    const write = vi.spyOn(clusters.disk.storage, 'write').mockRejectedValue(new Error('the disk is gone'))
    onTestFinished(() => write.mockRestore())
    await noteTag(ctx, clusters.disk, { repository, tag: 'a' })
    await noteTag(ctx, clusters.disk, { repository, tag: 'a' })
    expect(await tasksOf(repository.id)).toMatchObject([
      { state: 'waiting', title: 'Store the layer hints of unlucky/image' },
    ])
    await expect(run(repository.id)).rejects.toThrow(RetryLater)
    await expect(run(repository.id, 20)).rejects.toThrow('the disk is gone')
    write.mockRestore()
    await run(repository.id)
    expect(await stored(clusters.disk, repository.name)).toContain(keyOf('base'))
  })

  it('has a task write the document of a repository with very many tags', async () => {
    const repository = await addRepository(ctx, 'endless/image', 'disk')
    const tags = Array.from({ length: 501 }, (_, index) => `v${index}`)
    const { digest } = await addImage(ctx, repository, { layers: ['base:1'], tags: ['latest'] })
    await ctx.db.tag.createMany({
      data: tags.map((name) => ({ repositoryId: repository.id, name, digest, pushedBy: 'x' })),
    })
    for (const tag of tags.slice(0, 3)) await noteTag(ctx, clusters.disk, { repository, tag })
    expect(await stored(clusters.disk, repository.name)).toBeUndefined()
    expect((await tasksOf(repository.id)).length).toBe(1)
    await run(repository.id)
    expect((await stored(clusters.disk, repository.name))?.match(/" = \[/g)?.length).toBe(502)
  })
})

describe('a YTsaurus cluster', () => {
  it('has a document node, made and changed in the user’s name', async () => {
    const repository = await addRepository(ctx, 'home/ana/ubuntu', 'hume')
    await addImage(ctx, repository, { layers: ['base:1', 'top:2'], tags: ['22.04'] })
    const clusterUser = { token: 'ana-token' }
    await noteTag(ctx, clusters.hume, { repository, tag: '22.04', clusterUser })
    const paths = ['base', 'top'].map((layer) => `//sys/admin/registry/${keyOf(layer)}`)
    expect(node('//home/ana/ubuntu/_tags')).toEqual({ '22.04': paths })
    expect(new Set(yt.requests.map(({ token }) => token))).toEqual(new Set(['ana-token']))
    await addImage(ctx, repository, { layers: ['base:1'], tags: ['18.04'] })
    await noteTag(ctx, clusters.hume, { repository, tag: '18.04', clusterUser })
    expect(Object.keys(node('//home/ana/ubuntu/_tags') as object).sort()).toEqual(['18.04', '22.04'])
    for (const tag of ['18.04', '22.04']) {
      await ctx.db.tag.deleteMany({ where: { repositoryId: repository.id, name: tag } })
      await forgetTag(ctx, clusters.hume, { repository, tag, clusterUser })
    }
    expect(cypress.execute('root', 'exists', { path: '//home/ana/ubuntu/_tags' })).toEqual({ value: false })
    expect(cypress.execute('root', 'exists', { path: '//home/ana/ubuntu' })).toEqual({ value: true })
  })

  it('that is away gets the document from a task, in the storage’s name', async () => {
    const repository = await addRepository(ctx, 'home/ben/debian', 'hume')
    await addImage(ctx, repository, { layers: ['base:1'], tags: ['a'] })
    yt.trouble = ({ token }) => (token === 'ana-token' ? { error: { code: 901, message: 'no' } } : undefined)
    await noteTag(ctx, clusters.hume, { repository, tag: 'a', clusterUser: { token: 'ana-token' } })
    expect((await tasksOf(repository.id)).length).toBe(1)
    await run(repository.id)
    expect(node('//home/ben/debian/_tags')).toEqual({ a: [`//sys/admin/registry/${keyOf('base')}`] })
  })

  it('keeps a tag that is pushed while the whole document is replaced', async () => {
    const repository = await addRepository(ctx, 'busy/image', 'hume')
    await addImage(ctx, repository, { layers: ['base:1'], tags: ['a'] })
    let pushed = Promise.resolve()
    yt.trouble = ({ command }) => {
      // Once the document has been read from the database, another push is done.
      if (command === 'create' && yt.requests.length === 1) {
        pushed = addImage(ctx, repository, { layers: ['other:1'], tags: ['b'] }).then(() =>
          noteTag(ctx, clusters.hume, { repository, tag: 'b' }),
        )
      }
      return undefined
    }
    await run(repository.id)
    await pushed
    expect(Object.keys(node('//busy/image/_tags') as object).sort()).toEqual(['a', 'b'])
  })
})

it('a repository that is gone needs no document', async () => {
  await run('00000000-0000-4000-8000-000000000000')
})
