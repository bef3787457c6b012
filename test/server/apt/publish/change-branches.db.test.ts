import { describe, expect, it } from 'vitest'
import { parseRelease } from '@/server/apt/format/release'
import { addPackages } from '@/server/apt/packages/add-packages'
import { makeRoom } from '@/server/apt/packages/make-room'
import { place, unplace } from '@/server/apt/packages/placements'
import { storePackages } from '@/server/apt/packages/store-packages'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { forgetGenerations } from '@/server/apt/publish/forget-generations'
import { refreshReleases } from '@/server/apt/publish/refresh-releases'
import { system } from '@/server/auth/permissions'
import { newPackage, recordFiles } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const request = { actor: system, cause: 'move' as const }

async function publications(repositoryId: string, branch = 'unstable') {
  return ctx.db.aptPublication.findMany({
    where: { branch: { repositoryId, name: branch } },
    orderBy: { id: 'asc' },
  })
}

describe('a change of branches', () => {
  it('that fails leaves everything as it was', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'failing' })
    const [id] = await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'one' })])
    const work = changeBranches(
      ctx,
      { ...request, repositoryId: repository.id, branches: ['unstable', 'testing'] },
      async (tx, locked) => {
        for (const branch of locked.branches.values()) await unplace(tx, locked, branch, [id as bigint])
        throw new Error('no')
      },
    )
    await expect(work).rejects.toThrow('no')
    expect(await publications(repository.id)).toHaveLength(1)
    expect(await ctx.db.aptPlacement.count({ where: { packageId: id as bigint } })).toBe(1)
  })

  it('that is rehearsed answers, and leaves everything as it was', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'rehearsed' })
    const packages = [newPackage({ name: 'one' })]
    await recordFiles(ctx, packages)
    const asked = { ...request, repositoryId: repository.id, branches: ['unstable'], dryRun: true }
    const added = await changeBranches(ctx, asked, async (tx, locked) => {
      const branch = locked.branches.get('unstable')
      if (branch === undefined) throw new Error('no such branch')
      const result = (await addPackages(tx, locked, { branch, packages })).added
      return { result }
    })
    expect(added).toBe(1)
    expect(await ctx.db.aptPackage.count({ where: { repositoryId: repository.id } })).toBe(0)
    expect(await publications(repository.id)).toEqual([])
  })

  it('knows what it was asked for', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'named' })
    const work = async () => ({ result: undefined })
    const wrong = { ...request, repositoryId: repository.id, branches: ['nowhere'] }
    await expect(changeBranches(ctx, wrong, work)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is not waited for where the caller says so, also when another process holds the branch', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'held' })
    const client = await ctx.pool.connect()
    try {
      await client.query('BEGIN')
      await client.query('SELECT id FROM apt_branches WHERE repository_id = $1 FOR UPDATE', [repository.id])
      const asked = { ...request, repositoryId: repository.id, branches: ['unstable'], wait: false }
      const work = changeBranches(ctx, asked, async () => ({ result: undefined }))
      await expect(work).rejects.toMatchObject({ code: 'conflict' })
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })

  it('of all branches is refused when one was added meanwhile', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'grown' })
    const change = (branches: string[]) =>
      changeBranches(
        ctx,
        { ...request, repositoryId: repository.id, branches, all: true },
        async (_tx, locked) => ({ result: locked.branches.size }),
      )
    expect(await change(['unstable', 'testing'])).toBe(2)
    await ctx.db.aptBranch.create({ data: { repositoryId: repository.id, name: 'stable', position: 2 } })
    await expect(change(['unstable', 'testing'])).rejects.toMatchObject({ code: 'conflict' })
    expect(await change(['unstable', 'testing', 'stable'])).toBe(3)
  })

  it('can add what another adds to another branch, in any order', async () => {
    const repository = await createRepositoryRows(ctx, {
      name: 'crossed',
      contents: false,
      flatLayout: false,
    })
    const packages = Array.from({ length: 2500 }, (_, index) => newPackage({ name: `p${index}` }))
    await recordFiles(ctx, packages)
    const both = [
      addToBranch(ctx, repository, 'unstable', packages),
      addToBranch(ctx, repository, 'testing', packages.toReversed()),
    ]
    const [one, other] = await Promise.all(both)
    expect(new Set(one)).toEqual(new Set(other))
  })

  it('refuses other bytes for what is stored, with both hashes', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'other-bytes' })
    const first = newPackage({ name: 'one', content: 'first' })
    const second = newPackage({ name: 'one', content: 'second' })
    await addToBranch(ctx, repository, 'unstable', [first])
    const again = addToBranch(ctx, repository, 'testing', [second])
    await expect(again).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(`${first.files[0]?.sha256}.*${second.files[0]?.sha256}`),
    })
    expect(await publications(repository.id, 'testing')).toEqual([])
    // The same bytes are what is there already.
    expect(await addToBranch(ctx, repository, 'testing', [first])).toHaveLength(1)
    expect(await ctx.db.aptPackage.count({ where: { repositoryId: repository.id } })).toBe(1)
  })

  it('makes room for more packages than a query has parameters', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'roomy' })
    await ctx.db.aptBranch.updateMany({ where: { repositoryId: repository.id }, data: { keepVersions: 1 } })
    const [old] = await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'one' })])
    const asked = { ...request, repositoryId: repository.id, branches: ['unstable'], dryRun: true }
    const packages = [newPackage({ name: 'one', version: '2.0' })]
    await recordFiles(ctx, packages)
    const left = await changeBranches(ctx, asked, async (tx, locked) => {
      const branch = locked.branches.get('unstable')
      if (branch === undefined) throw new Error('no such branch')
      const { ids } = await storePackages(tx, { repositoryId: repository.id, packages })
      const arrived = await place(tx, locked, branch, ids)
      await makeRoom(tx, locked, { ...branch, keepVersions: 1 }, [
        ...arrived,
        ...Array.from({ length: 70_000 }, (_, index) => BigInt(10_000_000 + index)),
      ])
      return { result: await tx.aptPlacement.findMany({ where: { branchId: branch.id } }) }
    })
    expect(left.map(({ packageId }) => packageId)).not.toContain(old)
    expect(left).toHaveLength(1)
  })

  it('takes nothing into components and architectures that were taken away meanwhile', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'narrow' })
    for (const given of [{ component: 'extra' }, { architecture: 'arm64' }]) {
      const lost = addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'one', ...given })])
      await expect(lost).rejects.toMatchObject({ code: 'conflict' })
    }
    expect(await ctx.db.aptPackage.count({ where: { repositoryId: repository.id } })).toBe(0)
  })

  it('lets two sources share a tarball, and no more than that', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'shared' })
    const orig = {
      path: 'pool/main/h/hello/hello_1.orig.tar.gz',
      sha256: 'a'.repeat(64),
      sha1: 'b',
      md5: 'c',
      size: 3,
    }
    const source = (version: string, file = orig) => {
      const one = newPackage({ name: 'hello', type: 'source', version })
      return { ...one, files: [...one.files, file] }
    }
    await addToBranch(ctx, repository, 'unstable', [source('1-1')])
    await addToBranch(ctx, repository, 'unstable', [source('1-2')])
    const other = addToBranch(ctx, repository, 'unstable', [
      source('1-3', { ...orig, sha256: 'd'.repeat(64) }),
    ])
    await expect(other).rejects.toMatchObject({ code: 'conflict' })
  })

  it('of many at once ends with every package in exactly one branch', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'many' })
    const packages = Array.from({ length: 40 }, (_, index) => newPackage({ name: `p${index}` }))
    const ids = await addToBranch(ctx, repository, 'unstable', packages)
    const asked = { ...request, repositoryId: repository.id, branches: ['unstable', 'testing'] }
    await Promise.all(
      ids.map((id) =>
        changeBranches(ctx, asked, async (tx, locked) => {
          const [from, to] = [locked.branches.get('unstable'), locked.branches.get('testing')]
          if (from === undefined || to === undefined) throw new Error('no such branch')
          await unplace(tx, locked, from, [id])
          await place(tx, locked, to, [id])
          return { result: undefined }
        }),
      ),
    )
    const rows = await ctx.db.aptPlacement.findMany({
      where: { branch: { repositoryId: repository.id } },
      include: { branch: true },
    })
    expect(rows.map(({ branch }) => branch.name)).toEqual(packages.map(() => 'testing'))
    const last = (await publications(repository.id, 'testing')).at(-1)
    expect(last?.packages).toBe(40)
  })
})

describe('changes that wait for the same branch', () => {
  it('share a publication, and one that fails takes nothing of the others with it', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'together' })
    const ids = await addToBranch(
      ctx,
      repository,
      'unstable',
      Array.from({ length: 12 }, (_, index) => newPackage({ name: `p${index}` })),
    )
    const asked = { ...request, repositoryId: repository.id, branches: ['testing'] }
    const results = await Promise.allSettled(
      ids.map((id, index) =>
        changeBranches(ctx, asked, async (tx, locked) => {
          const to = locked.branches.get('testing')
          if (to === undefined) throw new Error('no such branch')
          await place(tx, locked, to, [id])
          if (index % 4 === 3) throw new Error(`not ${index}`)
          // A statement that the database refuses spoils a transaction: but for its savepoint.
          if (index === 6) await tx.$queryRaw`SELECT 1 / 0`
          return { result: index }
        }),
      ),
    )
    const outcomes = results.map((one) =>
      one.status === 'fulfilled' ? one.value : String(one.reason).slice(0, 10),
    )
    expect(outcomes.filter((one) => typeof one === 'number')).toEqual([0, 1, 2, 4, 5, 8, 9, 10])
    expect(outcomes[3]).toBe('Error: not')
    const rows = await ctx.db.aptPlacement.findMany({
      where: { branch: { repositoryId: repository.id, name: 'testing' } },
    })
    expect(new Set(rows.map(({ packageId }) => packageId))).toEqual(
      new Set([0, 1, 2, 4, 5, 8, 9, 10].map((index) => ids[index])),
    )
    const all = await publications(repository.id, 'testing')
    expect(all.length).toBe(2)
    expect(all.at(-1)?.packages).toBe(8)
  })

  it('see nothing of the settings that one of them put on and failed', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'unspoiled' })
    const asked = { ...request, repositoryId: repository.id, branches: ['testing'] }
    const change = (fails: boolean) =>
      changeBranches(ctx, asked, async (_tx, { repository: held, branches, changes }) => {
        for (const branch of branches.values()) {
          changes.touch(branch.id)
          if (fails) Object.assign(branch, { notAutomatic: true })
        }
        const { label } = held
        if (!fails) return { result: label }
        Object.assign(held, { label: 'Spoiled' })
        throw new Error('no')
      })
    const results = await Promise.allSettled([false, true, false].map(change))
    expect(results.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([
      ...['Tools', 'failed', 'Tools'],
    ])
    const all = await publications(repository.id, 'testing')
    expect(all).toHaveLength(2)
    expect(all.map(({ release }) => release).join('')).not.toMatch(/Spoiled|NotAutomatic/)
  })
})

describe('time', () => {
  it('renews a Release before it is invalid, and only then', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'valid' })
    await ctx.db.aptBranch.updateMany({ where: { repositoryId: repository.id }, data: { validDays: 10 } })
    await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'one' })])
    // Branches that were never published are, once.
    expect(await refreshReleases(ctx)).toBeGreaterThan(0)
    expect(await refreshReleases(ctx)).toBe(0)
    const [first, ...more] = await publications(repository.id)
    expect(more).toEqual([])
    expect(first?.release).toMatch(/^Valid-Until: .* UTC$/m)
    await ctx.db.aptPublication.updateMany({
      where: { branch: { repositoryId: repository.id, name: 'unstable' } },
      data: { at: new Date(Date.now() - 6 * 86_400_000) },
    })
    expect(await refreshReleases(ctx)).toBe(1)
    const [, second] = await publications(repository.id)
    expect([second?.cause, second?.lists]).toEqual(['refresh', first?.lists])
    expect(second?.at.getTime()).toBeGreaterThan(Date.now() - 60_000)
  })

  it('forgets snapshots only of a repository that keeps few, only old ones, and what is left is whole', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'few' })
    for (let index = 0; index < 6; index += 1) {
      await addToBranch(ctx, repository, 'unstable', [newPackage({ name: `p${index}` })])
    }
    const old = { at: new Date(Date.now() - 10 * 86_400_000) }
    await ctx.db.aptPublication.updateMany({ where: { branch: { repositoryId: repository.id } }, data: old })
    expect(await forgetGenerations(ctx)).toBe(0)
    await ctx.db.aptRepository.update({ where: { id: repository.id }, data: { keepGenerations: 3 } })
    const runs = await ctx.db.aptRun.count({ where: { repositoryId: repository.id } })
    expect(await forgetGenerations(ctx)).toBe(3)
    expect(await publications(repository.id)).toHaveLength(3)
    expect(await ctx.db.aptRun.count({ where: { repositoryId: repository.id } })).toBeLessThan(runs)
    const ids = await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'p9' })])
    expect(ids).toHaveLength(1)
    expect(await forgetGenerations(ctx)).toBe(1)
  })

  it('forgets no index that a branch still shows, whichever publication was the first to have it', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'first' })
    await ctx.db.aptRepository.update({ where: { id: repository.id }, data: { keepGenerations: 3 } })
    const package_ = newPackage({ name: 'same' })
    await addToBranch(ctx, repository, 'unstable', [package_])
    await addToBranch(ctx, repository, 'testing', [package_])
    for (let index = 0; index < 4; index += 1) {
      const others = [{}, { architecture: 'all' }, { type: 'udeb' as const }, { type: 'source' as const }]
      const packages = others.map((one, place) => newPackage({ name: `p${index}-${place}`, ...one }))
      await addToBranch(ctx, repository, 'unstable', packages)
    }
    const old = { at: new Date(Date.now() - 10 * 86_400_000) }
    await ctx.db.aptPublication.updateMany({ where: { branch: { repositoryId: repository.id } }, data: old })
    expect(await forgetGenerations(ctx)).toBeGreaterThan(0)
    const kept = [...(await publications(repository.id)), ...(await publications(repository.id, 'testing'))]
    const lists = await ctx.db.aptList.findMany({ where: { repositoryId: repository.id } })
    const rows = await ctx.db.aptIndexContent.findMany({ where: { repositoryId: repository.id } })
    const whole = rows.filter(({ listIds }) => listIds.every((id) => lists.some((list) => list.id === id)))
    const digests = new Set(whole.map(({ sha256 }) => sha256))
    const named = kept.flatMap(({ release }) => parseRelease(release).files)
    expect(named.filter(({ sha256 = '' }) => !digests.has(sha256)).map(({ path }) => path)).toEqual([])
    // What no Release names is gone.
    const flat = kept.flatMap((one) => Object.values(one.flat as Record<string, { release: string }>))
    const wanted = [...named, ...flat.flatMap(({ release }) => parseRelease(release).files)]
    expect(digests).toEqual(new Set(wanted.map(({ sha256 }) => sha256)))
  })

  it('renews what the flat layout kept, too, before it is invalid', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'flat-valid' })
    await ctx.db.aptBranch.updateMany({ where: { repositoryId: repository.id }, data: { validDays: 1 } })
    for (const name of ['one', 'two']) {
      await addToBranch(ctx, repository, 'unstable', [newPackage({ name })])
    }
    const all = await publications(repository.id)
    const [first, second] = all.map(({ flat }) => (flat as Record<string, { inRelease: string }>).source)
    expect(second?.inRelease).not.toBe(first?.inRelease)
  })
})
