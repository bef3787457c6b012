import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { decompress } from 'fzstd'
import { describe, expect, it } from 'vitest'
import { parseRelease } from '@/server/apt/format/release'
import { place, unplace } from '@/server/apt/packages/placements'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { RunCache } from '@/server/apt/publish/run-cache'
import { type Encoding, joinRuns } from '@/server/apt/publish/runs'
import { system } from '@/server/auth/permissions'
import { newPackage } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()

/** Every file that a branch's Release names, by path, each checked against the digest and size that it gives. */
async function filesOf(repositoryId: string, branch: string): Promise<Map<string, Buffer>> {
  const { publication } = await ctx.db.aptBranch.findFirstOrThrow({
    where: { repositoryId, name: branch },
    include: { publication: true },
  })
  // As a process that was just started reads them.
  const cache = new RunCache(ctx.pool)
  const found = new Map<string, Buffer>()
  for (const { path, sha256 = '', size } of parseRelease(publication?.release ?? '').files) {
    const row = await ctx.db.aptIndexContent.findUniqueOrThrow({
      where: { repositoryId_sha256: { repositoryId, sha256 } },
    })
    const runs = joinRuns(await cache.runsOf(row.listIds))
    const parts: Buffer[] = []
    for await (const part of cache.read(runs, row.encoding as Encoding)) parts.push(part)
    const content = Buffer.concat(parts)
    expect(content.length).toBe(size)
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
    found.set(path, content)
  }
  return found
}

const namesIn = (content: Buffer | undefined) =>
  [...(content?.toString() ?? '').matchAll(/^Package: (.*)$/gm)].map(([, name]) => name)

describe('publishing a branch', () => {
  it('says the same plain, as gzip and as zstd', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'encodings' })
    const packages = Array.from({ length: 400 }, (_, index) => newPackage({ name: `pkg${index}` }))
    await addToBranch(ctx, repository, 'unstable', packages)
    const files = await filesOf(repository.id, 'unstable')
    const plain = files.get('main/binary-amd64/Packages')
    expect(namesIn(plain)).toEqual(packages.map(({ name }) => name).sort())
    for (const path of [...files.keys()].filter((one) => !/\.(gz|zst)$/.test(one))) {
      expect(gunzipSync(files.get(`${path}.gz`) as Buffer)).toEqual(files.get(path))
      expect(Buffer.from(decompress(files.get(`${path}.zst`) as Buffer))).toEqual(files.get(path))
    }
    const runs = await ctx.db.aptRun.count({
      where: { repositoryId: repository.id, packageIds: { isEmpty: false } },
    })
    expect(runs).toBeGreaterThan(2)
  })

  it('puts each kind of package where clients look for it', async () => {
    const repository = await createRepositoryRows(ctx, {
      name: 'kinds',
      components: ['main', 'extra'],
      architectures: ['amd64', 'arm64'],
    })
    await addToBranch(ctx, repository, 'unstable', [
      newPackage({ name: 'tool', description: ' Long text.' }),
      newPackage({ name: 'tool', architecture: 'arm64', description: ' Long text.' }),
      newPackage({ name: 'tool-doc', architecture: 'all', paths: ['usr/share/doc/tool/manual'] }),
      newPackage({ name: 'tool-udeb', type: 'udeb' }),
      newPackage({ name: 'tool', type: 'source' }),
      newPackage({ name: 'other', component: 'extra' }),
    ])
    const files = await filesOf(repository.id, 'unstable')
    const names = (path: string) => namesIn(files.get(path))
    expect(names('main/binary-amd64/Packages')).toEqual(['tool', 'tool-doc'])
    expect(names('main/binary-arm64/Packages')).toEqual(['tool', 'tool-doc'])
    expect(names('main/binary-all/Packages')).toEqual(['tool-doc'])
    expect(names('main/debian-installer/binary-amd64/Packages')).toEqual(['tool-udeb'])
    expect(names('main/source/Sources')).toEqual(['tool'])
    expect(names('extra/binary-amd64/Packages')).toEqual(['other'])
    // One translation for both architectures.
    expect(names('main/i18n/Translation-en')).toEqual(['tool', 'tool-doc'])
    expect(files.get('main/i18n/Translation-en')?.toString()).toContain(
      'Description-en: The package tool\n Long text.\n',
    )
    expect(files.get('main/Contents-amd64')?.toString()).toBe(
      'usr/share/doc/tool/copyright\tmisc/tool\nusr/share/doc/tool/manual\tmisc/tool-doc\n',
    )
    expect(files.get('extra/Contents-arm64')?.toString()).toBe('')
  })

  it('signs a Release of each directory of the flat layout, and only those that changed', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'flat', architectures: ['amd64', 'arm64'] })
    await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'one' })])
    const branch = {
      where: { repositoryId: repository.id, name: 'unstable' },
      include: { publication: true },
    }
    const first = (await ctx.db.aptBranch.findFirstOrThrow(branch)).publication
    await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'two' })])
    const second = (await ctx.db.aptBranch.findFirstOrThrow(branch)).publication
    const before = first?.flat as Record<string, { inRelease: string; release: string }>
    const after = second?.flat as Record<string, { inRelease: string; release: string }>
    expect(Object.keys(after).sort()).toEqual(['all', 'amd64', 'arm64', 'source'])
    expect(after.arm64).toEqual(before.arm64)
    expect(after.amd64?.release).not.toBe(before.amd64?.release)
    expect(after.amd64?.inRelease).toMatch(/^-----BEGIN PGP SIGNED MESSAGE-----/)
  })

  it('makes the same indexes whatever the way: any changes, or all at once', async () => {
    const pool = Array.from({ length: 60 }, (_, index) =>
      newPackage({
        name: `p${index % 40}`,
        version: `1.${index}`,
        architecture: index % 5 === 0 ? 'all' : 'amd64',
      }),
    )
    const steps = fc.array(
      fc.record({ add: fc.boolean(), picks: fc.uniqueArray(fc.nat(59), { maxLength: 8 }) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    let round = 0
    await fc.assert(
      fc.asyncProperty(steps, async (changes) => {
        round += 1
        const repository = await createRepositoryRows(ctx, { name: `canonical-${round}` })
        const ids = await addToBranch(ctx, repository, 'testing', pool)
        const request = {
          repositoryId: repository.id,
          branches: ['unstable'],
          actor: system,
          cause: 'move' as const,
        }
        const change = (work: Parameters<typeof changeBranches<undefined>>[2]) =>
          changeBranches(ctx, request, work)
        for (const { add, picks } of changes) {
          await change(async (tx, locked) => {
            const branch = locked.branches.get('unstable')
            if (branch === undefined) throw new Error('no such branch')
            const chosen = picks.map((pick) => ids[pick] as bigint)
            await (add ? place : unplace)(tx, locked, branch, chosen)
            locked.changes.touch(branch.id)
            return { result: undefined }
          })
        }
        const stepwise = await filesOf(repository.id, 'unstable')
        await change(async (_tx, locked) => {
          for (const { id } of locked.branches.values()) locked.changes.touchAll(id)
          return { result: undefined }
        })
        const atOnce = await filesOf(repository.id, 'unstable')
        expect([...stepwise].map(([path, content]) => [path, content.toString('hex')])).toEqual(
          [...atOnce].map(([path, content]) => [path, content.toString('hex')]),
        )
      }),
      { numRuns: 8 },
    )
  })

  it('keeps one list for all that are empty, however many architectures and components there are', async () => {
    const architectures = Array.from({ length: 30 }, (_, index) => `arch${index}`)
    const components = ['main', 'contrib', 'non-free', 'updates', 'extra']
    const repository = await createRepositoryRows(ctx, { name: 'wide', architectures, components })
    await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'one', architecture: 'arch7' })])
    expect((await filesOf(repository.id, 'unstable')).size).toBeGreaterThan(1000)
    // Packages, Contents and Translation of what is there.
    expect(await ctx.db.aptList.count({ where: { repositoryId: repository.id } })).toBe(1 + 3)
  })

  it('makes the same indexes in whatever order the components were named', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'ordered', components: ['main', 'extra'] })
    const packages = ['main', 'extra'].map((component) => newPackage({ name: `of-${component}`, component }))
    await addToBranch(ctx, repository, 'unstable', packages)
    const asked = { where: { repositoryId: repository.id, name: 'unstable' }, include: { publication: true } }
    const flat = async () => {
      const { publication } = await ctx.db.aptBranch.findFirstOrThrow(asked)
      const { amd64 } = (publication?.flat ?? {}) as Record<string, { release: string }>
      return parseRelease(amd64?.release ?? '').files
    }
    const components = ['extra', 'main']
    await ctx.db.aptRepository.update({ where: { id: repository.id }, data: { components } })
    const change = (everything: boolean) =>
      changeBranches(
        ctx,
        { repositoryId: repository.id, branches: ['unstable'], actor: system, cause: 'settings' },
        async (_tx, { branches, changes }) => {
          for (const { id } of branches.values()) everything ? changes.touchAll(id) : changes.touch(id)
          return { result: undefined }
        },
      )
    await change(false)
    const kept = await flat()
    await change(true)
    expect(await flat()).toEqual(kept)
  })

  it('counts what is in the branch', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'counts' })
    const ids = await addToBranch(ctx, repository, 'unstable', [
      newPackage({ name: 'one', content: '12345' }),
      newPackage({ name: 'one', type: 'source', content: '123' }),
    ])
    const counts = async () => {
      const { publication } = await ctx.db.aptBranch.findFirstOrThrow({
        where: { repositoryId: repository.id, name: 'unstable' },
        include: { publication: true },
      })
      return [publication?.packages, publication?.sources, publication?.size]
    }
    expect(await counts()).toEqual([1, 1, 8n])
    const request = {
      repositoryId: repository.id,
      branches: ['unstable'],
      actor: system,
      cause: 'remove' as const,
    }
    await changeBranches(ctx, request, async (tx, locked) => {
      const branch = locked.branches.get('unstable')
      if (branch !== undefined) await unplace(tx, locked, branch, ids.slice(0, 1))
      return { result: undefined }
    })
    expect(await counts()).toEqual([0, 1, 3n])
  })
})
