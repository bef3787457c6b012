import { describe, expect, it } from 'vitest'
import { place, unplace } from '@/server/apt/packages/placements'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { diffSnapshots } from '@/server/apt/snapshots/diff-snapshots'
import { listSnapshots } from '@/server/apt/snapshots/list-snapshots'
import { rollBack } from '@/server/apt/snapshots/roll-back'
import { system } from '@/server/auth/permissions'
import { newPackage } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const repository = await createRepositoryRows(ctx, { name: 'tools' })
const team = await createTeam(ctx, 'platform')
const maintainer = await createActor(ctx, 'maintainer', [team])
const member = await createActor(ctx, 'member', [team])
const branch = { repo: 'tools', branch: 'unstable' }

const ids = await addToBranch(ctx, repository, 'unstable', [
  newPackage({ name: 'kept' }),
  newPackage({ name: 'leaving' }),
  newPackage({ name: 'upgraded', version: '1.9' }),
])
await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'upgraded', version: '1.10' })])
await changeBranches(
  ctx,
  { repositoryId: repository.id, branches: ['unstable'], actor: system, cause: 'remove' },
  async (tx, locked) => {
    const row = locked.branches.get('unstable')
    if (row !== undefined) await unplace(tx, locked, row, ids.slice(1, 2))
    return { result: undefined }
  },
)
const history = async () => (await listSnapshots(ctx, member, { repo: 'tools', limit: 50 })).items

async function placed(): Promise<string[]> {
  const rows = await ctx.db.aptPlacement.findMany({
    where: { branch: { repositoryId: repository.id, name: 'unstable' } },
    include: { package: true },
    orderBy: { packageId: 'asc' },
  })
  return rows.map((row) => `${row.package.name} ${row.package.version}`)
}

describe('the past of a branch', () => {
  it('is listed newest first, by pages', async () => {
    const all = await history()
    expect(all.map(({ packages, cause, current }) => [packages, cause, current])).toEqual([
      [3, 'remove', true],
      [4, 'upload', false],
      [3, 'upload', false],
    ])
    expect(all[0]?.snapshotId).toMatch(/^\d{8}T\d{6}Z$/)
    const first = await listSnapshots(ctx, member, { repo: 'tools', branch: 'unstable', limit: 2 })
    const rest = await listSnapshots(ctx, member, { repo: 'tools', limit: 2, cursor: first.nextCursor ?? '' })
    expect([...first.items, ...rest.items]).toEqual(all)
    expect(rest.nextCursor).toBeNull()
  })

  it('refuses what is not there', async () => {
    const list = (asked: object) => listSnapshots(ctx, member, { repo: 'tools', limit: 5, ...asked })
    await expect(list({ repo: 'none' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(list({ branch: 'none' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(list({ cursor: 'none' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(diffSnapshots(ctx, member, { ...branch, from: '999999' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('is compared: what came, what left, what has other versions', async () => {
    const all = await history()
    const [from, to] = [all[2]?.id ?? '', all[0]?.id ?? '']
    const expected = [
      { name: 'leaving', architecture: 'amd64', type: 'deb', before: ['1.0'], after: [] },
      { name: 'upgraded', architecture: 'amd64', type: 'deb', before: [], after: ['1.10'] },
    ]
    expect(await diffSnapshots(ctx, member, { ...branch, from, to })).toEqual({
      from,
      to,
      changes: expected,
      truncated: false,
    })
    // What it shows now, unless told.
    expect((await diffSnapshots(ctx, member, { ...branch, from })).to).toBe(to)
    expect((await diffSnapshots(ctx, member, { ...branch, from: to })).changes).toEqual([])
  })
})

it('compares also where more packages differ than a query has parameters', async () => {
  const large = await createRepositoryRows(ctx, { name: 'large' })
  const added = await addToBranch(ctx, large, 'unstable', [newPackage({ name: 'first' })])
  await addToBranch(ctx, large, 'unstable', [newPackage({ name: 'second' })])
  await ctx.db.$executeRaw`
    UPDATE apt_runs SET package_ids = package_ids || (SELECT array_agg(id) FROM generate_series(1000000, 1070000) AS id)
    WHERE ${added[0]} = ANY(package_ids) AND cardinality(package_ids) = 1`
  const { items } = await listSnapshots(ctx, member, { repo: 'large', limit: 5 })
  const asked = { repo: 'large', branch: 'unstable', from: items[1]?.id ?? '' }
  const { changes } = await diffSnapshots(ctx, member, asked)
  expect(changes.map(({ name, after }) => [name, after])).toEqual([['second', ['1.0']]])
})

it('tells of no package in parts, where it tells of some only', async () => {
  const broad = await createRepositoryRows(ctx, { name: 'broad' })
  const first = await addToBranch(ctx, broad, 'unstable', [newPackage({ name: 'seed' })])
  const { columns } = (
    await ctx.db.$queryRaw<{ columns: string }[]>`
      SELECT string_agg(column_name, ', ') AS columns FROM information_schema.columns
      WHERE table_name = 'apt_packages' AND column_name NOT IN ('id', 'name', 'version', 'stanza')`
  )[0] as { columns: string }
  // Each goes from two versions to a third.
  const copies = await ctx.db.$queryRawUnsafe<{ id: bigint; version: string }[]>(
    `INSERT INTO apt_packages (name, version, stanza, ${columns})
     SELECT 'p' || lpad(n::text, 5, '0'), v::text, replace(stanza, 'seed', 'p' || n || '-' || v), ${columns}
     FROM apt_packages, generate_series(1, 3400) n, generate_series(1, 3) v WHERE id = $1 RETURNING id, version`,
    first[0],
  )
  const change = (enters: string[], leaves: string[]) =>
    changeBranches(
      ctx,
      { repositoryId: broad.id, branches: ['unstable'], actor: system, cause: 'move' },
      async (tx, locked) => {
        const [row] = locked.branches.values()
        const ids = (versions: string[]) =>
          copies.filter(({ version }) => versions.includes(version)).map(({ id }) => id)
        if (row !== undefined) await unplace(tx, locked, row, ids(leaves))
        if (row !== undefined) await place(tx, locked, row, ids(enters))
        return { result: undefined }
      },
    )
  await change(['1', '2'], [])
  await change(['3'], ['1', '2'])
  const { items } = await listSnapshots(ctx, member, { repo: 'broad', limit: 2 })
  const asked = { repo: 'broad', branch: 'unstable', from: items[1]?.id ?? '' }
  const { changes, truncated } = await diffSnapshots(ctx, member, asked)
  expect([truncated, changes.length]).toEqual([true, expect.any(Number)])
  expect(changes.length).toBeGreaterThan(3000)
  expect(changes.filter(({ before, after }) => before.length !== 2 || after.length !== 1)).toEqual([])
}, 60_000)

describe('rolling back', () => {
  it('is for those who approve', async () => {
    const input = { ...branch, snapshot: (await history())[2]?.id ?? '', reason: 'test' }
    await expect(rollBack(ctx, member, input, {})).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('rehearsed says what would change', async () => {
    const before = await placed()
    const input = { ...branch, snapshot: (await history())[2]?.id ?? '', reason: 'test' }
    expect(await rollBack(ctx, maintainer, input, { dryRun: true })).toMatchObject({ added: 1, removed: 1 })
    expect(await placed()).toEqual(before)
  })

  it('brings back what the snapshot had, with a record, and publishes the same indexes as then', async () => {
    const then = (await history())[2]
    const input = { ...branch, snapshot: then?.id ?? '', reason: 'the upgrade broke things' }
    const { moveId } = await rollBack(ctx, maintainer, input, {})
    expect(await placed()).toEqual(['kept 1.0', 'leaving 1.0', 'upgraded 1.9'])
    const [now] = await history()
    expect([now?.cause, now?.causeId, now?.actorName]).toEqual(['roll_back', moveId, maintainer.name])
    const rows = await ctx.db.aptPublication.findMany({
      where: { id: { in: [BigInt(then?.id ?? 0), BigInt(now?.id ?? 0)] } },
    })
    const digests = rows.map(({ release }) => release.slice(release.indexOf('SHA256:')))
    expect(digests[0]).toBe(digests[1])
    const entry = await ctx.db.auditEntry.findFirst({ where: { action: 'apt.roll-back' } })
    expect(entry?.details).toMatchObject({ reason: 'the upgrade broke things', added: 1, removed: 1 })
    const items = await ctx.db.aptMoveItem.count({ where: { moveId: moveId ?? '' } })
    expect(items).toBe(2)
  })

  it('to what is shown changes nothing', async () => {
    const [now] = await history()
    const input = { ...branch, snapshot: now?.id ?? '', reason: 'test' }
    expect(await rollBack(ctx, maintainer, input, {})).toEqual({ moveId: null, added: 0, removed: 0 })
    expect((await history())[0]?.id).toBe(now?.id)
  })
})

it('a package that came back can leave again', async () => {
  await changeBranches(
    ctx,
    { repositoryId: repository.id, branches: ['testing'], actor: system, cause: 'move' },
    async (tx, locked) => {
      const row = locked.branches.get('testing')
      if (row !== undefined) await place(tx, locked, row, ids)
      return { result: undefined }
    },
  )
  expect((await history())[0]?.packages).toBe(3)
})
