import { describe, expect, it } from 'vitest'
import { listManifests } from '@/server/oci/browse/list-manifests'
import { readManifestDetail } from '@/server/oci/browse/read-manifest'
import { readRepository } from '@/server/oci/browse/read-repository'
import { changeRepository } from '@/server/oci/change-repository'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'
import { addImage, addIndex, addManifest, addRepository, digestOf } from '@/test/support/registry-rows'

const ctx = await openTestContext()
const cluster = 'default'
const team = await createTeam(ctx)
const administrator = await createActor(ctx, 'administrator')
const member = await createActor(ctx, 'member', [team])

const tool = await addRepository(ctx, 'sys/tool')
const other = await addRepository(ctx, 'home/other')
const secret = await addRepository(ctx, 'secret/place')
const { id: nodeId } = await ctx.db.node.create({ data: { cluster, path: 'secret' } })
await ctx.db.nodeRule.create({
  data: { nodeId, subject: 'signed_in', permissions: ['read'], effect: 'deny' },
})

const amd = await addImage(ctx, tool, { layers: ['base:1000', 'amd:300'], tags: ['amd'] })
const arm = await addImage(ctx, tool, { layers: ['arm base:900', 'arm:200'] })
const absent = { digest: digestOf('never pushed'), size: 700, platform: 'linux/s390x' }
const index = await addIndex(
  ctx,
  tool,
  [{ ...amd, platform: 'linux/amd64' }, { ...arm, platform: 'linux/arm64/v8' }, absent],
  ['1.0', 'latest'],
)
await addImage(ctx, other, { layers: ['base:1000', 'other:10'] })
await addImage(ctx, secret, { layers: ['base:1000'] })
const signature = await addImage(ctx, tool, {
  layers: ['signature:250'],
  subject: amd.digest,
  artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
})
const hex = amd.digest.slice('sha256:'.length)
await addImage(ctx, tool, { layers: ['old signature:251'], tags: [`sha256-${hex}.sig`] })
await addIndex(
  ctx,
  tool,
  [{ ...signature }, { digest: digestOf('sbom'), size: 5, artifactType: 'application/spdx+json' }],
  [`sha256-${hex}`],
)

const read = (reference: string, actor = member) =>
  readManifestDetail(ctx, actor, { cluster, name: 'sys/tool', reference })

describe('an image', () => {
  it('is found by tag and by digest, with its parts in order', async () => {
    const image = await read('amd')
    expect(image).toEqual(await read(amd.digest))
    expect(image.kind).toBe('image')
    expect(image.config?.mediaType).toBe('application/vnd.oci.image.config.v1+json')
    expect(image.layers.map(({ digest, size }) => [digest, size])).toEqual([
      [digestOf('base'), 1000],
      [digestOf('amd'), 300],
    ])
    expect(image.totalSize).toBe(1300 + 1500 + image.size)
    expect(JSON.parse(image.content).layers).toHaveLength(2)
    expect(image.layers[0]?.place).toContain(
      `docker/registry/v2/blobs/sha256/${digestOf('base').slice(7, 9)}/`,
    )
  })

  it('says who else has a layer, except what the person may not read', async () => {
    expect((await read('amd')).layers.map(({ sharedWith }) => sharedWith)).toEqual([['home/other'], []])
    expect((await read('amd', administrator)).layers[0]?.sharedWith).toEqual(['home/other', 'secret/place'])
  })

  it('knows the index that names it', async () => {
    expect((await read('amd')).parents).toEqual([
      { digest: index.digest, platform: 'linux/amd64', tags: ['1.0', 'latest'] },
    ])
  })

  it('has what is about it: by subject, by the fallback tag, and by cosign’s', async () => {
    const { referrers } = await read('amd')
    expect(referrers.map(({ artifactType, tag }) => [artifactType, tag])).toEqual([
      ['application/vnd.dev.sigstore.bundle.v0.3+json', null],
      ['application/spdx+json', `sha256-${hex}`],
      ['application/vnd.dev.cosign.artifact.sig.v1+json', `sha256-${hex}.sig`],
    ])
    expect((await read(signature.digest)).subject).toEqual({ digest: amd.digest, isHere: true })
  })
})

describe('an index', () => {
  it('has its children by platform, and says which are not here', async () => {
    const { kind, children, tags, totalSize, size } = await read('latest')
    expect({ kind, tags }).toEqual({ kind: 'index', tags: ['1.0', 'latest'] })
    expect(children.map(({ platform, isHere, size }) => [platform, isHere, size])).toEqual([
      ['linux/amd64', true, 1300 + 1500 + amd.size],
      ['linux/arm64/v8', true, 1100 + 1500 + arm.size],
      ['linux/s390x', false, 700],
    ])
    expect(totalSize).toBe(size + children.reduce((sum, child) => sum + child.size, 0))
  })
})

describe('manifests of a repository', () => {
  it('come newest first, in pages', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listManifests(ctx, member, { cluster, name: 'sys/tool', limit: 2, cursor })
      seen.push(...page.items.map(({ digest }) => digest))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(6)
    expect(seen).toHaveLength(6)
  })

  it('can be those alone that are about another', async () => {
    const { items } = await listManifests(ctx, member, {
      cluster,
      name: 'sys/tool',
      limit: 9,
      only: 'referrers',
    })
    expect(items.map(({ digest, subject }) => [digest, subject])).toEqual([[signature.digest, amd.digest]])
  })
})

describe('what may not be read', () => {
  it('is refused with the rule, whether it is there or not', async () => {
    const refusal = { code: 'forbidden', message: expect.stringContaining('//secret denies read') }
    const at = (name: string) => readRepository(ctx, member, { cluster, name })
    await expect(at('secret/place')).rejects.toMatchObject(refusal)
    const reference = amd.digest
    await expect(
      readManifestDetail(ctx, member, { cluster, name: 'secret/place', reference }),
    ).rejects.toMatchObject(refusal)
  })

  it('is not found when it is not there', async () => {
    await expect(read('nothing')).rejects.toMatchObject({ code: 'not_found' })
    await expect(read(digestOf('nothing'))).rejects.toMatchObject({ code: 'not_found' })
    // Another repository's manifest is not this one's.
    const reference = amd.digest
    await expect(
      readManifestDetail(ctx, member, { cluster, name: 'home/other', reference }),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a repository', () => {
  it('knows what it holds, and what would become free', async () => {
    const detail = await readRepository(ctx, administrator, { cluster, name: 'home/other' })
    expect(detail).toMatchObject({
      manifests: 1,
      tags: 0,
      blobs: 3,
      bytes: 1000 + 10 + 1500,
      ownBytes: 10 + 1500,
    })
    expect(detail.may.administer.allowed).toBe(true)
    expect((await readRepository(ctx, member, { cluster, name: 'home/other' })).may.write).toMatchObject({
      allowed: false,
    })
  })

  it('keeps its tags unchangeable when told so by who administers it', async () => {
    const name = 'sys/tool'
    await expect(changeRepository(ctx, member, { cluster, name, immutableTags: true })).rejects.toMatchObject(
      {
        code: 'forbidden',
      },
    )
    const tried = await changeRepository(ctx, administrator, {
      cluster,
      name,
      immutableTags: true,
      dryRun: true,
    })
    expect(tried.immutableTags).toBe(true)
    expect((await readRepository(ctx, member, { cluster, name })).immutableTags).toBe(false)
    await changeRepository(ctx, administrator, { cluster, name, immutableTags: true })
    await changeRepository(ctx, administrator, { cluster, name, immutableTags: true })
    expect((await readRepository(ctx, member, { cluster, name })).immutableTags).toBe(true)
    const rows = await ctx.db.auditEntry.findMany({ where: { action: 'registry.change' } })
    expect(rows).toEqual([
      expect.objectContaining({
        subjectName: 'default/sys/tool',
        details: { before: { immutableTags: false }, after: { immutableTags: true } },
      }),
    ])
  })
})

it('reads docker’s first format', async () => {
  const content = {
    schemaVersion: 1,
    mediaType: 'application/vnd.docker.distribution.manifest.v1+json',
    name: 'sys/tool',
    tag: 'old',
    fsLayers: [{ blobSum: digestOf('base') }],
    history: [],
  }
  await addManifest(ctx, tool, { manifest: content, tags: ['old'] })
  const old = await read('old')
  expect(old).toMatchObject({ kind: 'schema1', config: null })
  expect(old.layers.map(({ digest }) => digest)).toEqual([digestOf('base')])
})
