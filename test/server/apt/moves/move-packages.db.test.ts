import { describe, expect, it } from 'vitest'
import { movePackages } from '@/server/apt/moves/move-packages'
import { getMove, listMoves } from '@/server/apt/moves/read-moves'
import { removePackages } from '@/server/apt/moves/remove-packages'
import type { MoveInput } from '@/server/apt/moves/schema'
import { place } from '@/server/apt/packages/placements'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { system } from '@/server/auth/permissions'
import { build, createShelf, related, type Shelf } from '@/test/support/apt-moves'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const member = await createActor(ctx, 'member')
const HELLO = ['hello 1.0 amd64', 'hello 1.0 arm64', 'hello 1.0 source', 'hello-data 1.0 all']
let shelves = 0
const newShelf = (branches?: string[]) => createShelf(ctx, `shelf${++shelves}`, branches)

function move(shelf: Shelf, packages: string[], rest: Partial<MoveInput> = {}, choices = {}) {
  const input = packages.map((named) => {
    const [name = '', version = ''] = named.split(' ')
    return { package: name, version }
  })
  const asked = { repository: shelf.name, packages: input, from: 'unstable', to: 'testing', ...rest }
  return movePackages(ctx, member, asked, choices)
}

const shown = async (shelf: Shelf, branch: string) => {
  const row = await ctx.db.aptBranch.findFirstOrThrow({
    where: { repositoryId: shelf.id, name: branch },
    include: { publication: true },
  })
  return row.publication
}

describe('a move', () => {
  it('takes every architecture and the source along, publishes both branches, and is kept with who did it', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'), ...build('other 2.0'))
    const outcome = await move(shelf, ['hello 1.0'], { reason: 'release 7' })
    expect(outcome.outcome).toBe('moved')
    expect(await shelf.has('testing')).toEqual(HELLO)
    expect(await shelf.has('unstable')).toHaveLength(4)
    for (const branch of ['unstable', 'testing']) {
      expect(await shown(shelf, branch)).toMatchObject({ cause: 'move', causeId: outcome.move?.id })
    }
    expect(await shown(shelf, 'testing')).toMatchObject({ packages: 3, sources: 1 })
    const kept = await getMove(ctx, member, { id: outcome.move?.id ?? '' })
    expect(kept).toMatchObject({
      ...{ kind: 'move', fromBranch: 'unstable', toBranch: 'testing', reason: 'release 7' },
      ...{ actorName: member.name, packages: 4, sources: [{ source: 'hello', version: '1.0' }] },
    })
    expect(kept.items.map(({ name, architecture }) => `${name} ${architecture}`)).toEqual([
      'hello amd64',
      'hello arm64',
      'hello-data all',
      'hello source',
    ])
    const [entry] = await ctx.db.auditEntry.findMany({ where: { subjectId: kept.id } })
    expect(entry).toMatchObject({
      action: 'apt.move',
      actorId: member.id,
      subjectName: `${shelf.name}: hello 1.0`,
    })
  })

  it('is nothing the second time', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    await move(shelf, ['hello 1.0'])
    const before = await shown(shelf, 'testing')
    const again = await move(shelf, ['hello 1.0'])
    expect([again.outcome, again.move, again.plan.moves, again.plan.already.length]).toEqual([
      ...['already_there', null, [], 4],
    ])
    expect((await shown(shelf, 'testing'))?.id).toBe(before?.id)
    expect(await ctx.db.aptMove.count({ where: { repositoryId: shelf.id } })).toBe(1)
  })

  it('may name a binary package instead of its source', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    expect((await move(shelf, ['hello-data 1.0'])).outcome).toBe('moved')
    expect(await shelf.has('testing')).toEqual(HELLO)
  })

  it('prefers a source to a binary package of its name', async () => {
    const shelf = await newShelf()
    await shelf.add(
      'unstable',
      related('tool 1.0', { source: 'suite' }),
      related('extra 1.0', { source: 'tool' }),
    )
    await move(shelf, ['tool 1.0'])
    expect(await shelf.has('testing')).toEqual(['extra 1.0 amd64'])
  })

  it('asks which source is meant when several made the binary package', async () => {
    const shelf = await newShelf()
    const made = (source: string, architecture: string) => related('tool 1.0', { source, architecture })
    await shelf.add('unstable', made('one', 'amd64'), made('two', 'arm64'))
    await expect(move(shelf, ['tool 1.0'])).rejects.toMatchObject({ code: 'invalid' })
  })

  it('names what is in neither branch, and then moves nothing', async () => {
    const shelf = await newShelf(['unstable', 'testing', 'stable'])
    await shelf.add('unstable', ...build('hello 1.0'))
    await shelf.add('stable', ...build('far 1.0'))
    const asked = move(shelf, ['hello 1.0', 'far 1.0', 'hello 1.1'])
    await expect(asked).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no far 1.0, hello 1.1 there.',
    })
    expect(await shelf.has('testing')).toEqual([])
  })

  it('names every package that keeps all from moving, by its place too', async () => {
    const shelf = await newShelf()
    const made = (source: string, architecture: string) => related('tool 1.0', { source, architecture })
    await shelf.add('unstable', ...build('hello 1.0'), made('one', 'amd64'), made('two', 'arm64'))
    const message =
      'There is no far 1.0, near 1.0 there. Several sources made tool 1.0 (one 1.0, two 1.0). Name the source that you mean.'
    await expect(move(shelf, ['hello 1.0', 'far 1.0', 'tool 1.0', 'near 1.0'])).rejects.toMatchObject({
      code: 'not_found',
      message,
      fields: [
        { path: 'packages.1', message: 'There is no far 1.0 there.' },
        {
          path: 'packages.2',
          message: 'Several sources made tool 1.0 (one 1.0, two 1.0). Name the source that you mean.',
        },
        { path: 'packages.3', message: 'There is no near 1.0 there.' },
      ],
    })
    expect([await shelf.has('testing'), (await shelf.has('unstable')).length]).toEqual([[], 6])
  })

  it('moves several together, those that are there already among them', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'), ...build('other 2.0'))
    await move(shelf, ['other 2.0'])
    const outcome = await move(shelf, ['hello 1.0', 'other 2.0', 'hello 1.0'])
    expect([outcome.outcome, outcome.move?.packages]).toEqual(['moved', 4])
    expect(await shelf.has('testing')).toHaveLength(8)
  })

  it('brings the rest after what is in the target already', async () => {
    const shelf = await newShelf()
    const [amd64, arm64, data, source] = await shelf.add('unstable', ...build('hello 1.0'))
    const request = { repositoryId: shelf.id, branches: ['testing'], actor: system, cause: 'upload' as const }
    await changeBranches(ctx, request, async (tx, locked) => {
      const branch = locked.branches.get('testing')
      if (branch === undefined) throw new Error('no such branch')
      return { result: await place(tx, locked, branch, [amd64 as bigint, data as bigint]) }
    })
    const outcome = await move(shelf, ['hello 1.0'])
    expect(await shelf.has('testing')).toEqual(HELLO)
    expect(await shelf.has('unstable')).toEqual([])
    const items = outcome.move?.items.map(({ id, fromBranch, toBranch }) => [id, fromBranch, toBranch])
    expect(items).toEqual([
      [String(amd64), 'unstable', null],
      [String(arm64), 'unstable', 'testing'],
      [String(data), 'unstable', null],
      [String(source), 'unstable', 'testing'],
    ])
  })

  it('leaves a copy where it is told to', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    const outcome = await move(shelf, ['hello 1.0'], { copy: true })
    expect([outcome.outcome, outcome.move?.kind]).toEqual(['moved', 'copy'])
    expect(await shelf.has('unstable')).toEqual(HELLO)
    expect(await shelf.has('testing')).toEqual(HELLO)
    expect((await move(shelf, ['hello 1.0'], { copy: true })).outcome).toBe('already_there')
    expect((await move(shelf, ['hello 1.0'])).outcome).toBe('moved')
    expect(await shelf.has('unstable')).toEqual([])
  })

  it('makes room in a branch that keeps few versions', async () => {
    const shelf = await newShelf()
    await shelf.set('testing', { keepVersions: 2 })
    for (const version of ['1.0', '1.1', '1.2']) {
      await shelf.add('unstable', ...build(`hello ${version}`))
      await move(shelf, [`hello ${version}`])
    }
    expect((await shelf.has('testing')).filter((name) => name.endsWith('source'))).toEqual([
      'hello 1.1 source',
      'hello 1.2 source',
    ])
    const [newest] = (await listMoves(ctx, member, { repository: shelf.name, limit: 1 })).items
    expect(newest).toMatchObject({ sources: [{ source: 'hello', version: '1.2' }], packages: 4 })
    const { items } = await getMove(ctx, member, { id: newest?.id ?? '' })
    expect(items.filter(({ toBranch }) => toBranch === null).map(({ version }) => version)).toEqual(
      Array.from({ length: 4 }, () => '1.0'),
    )
  })

  it('is no exception: uploads make room as well', async () => {
    const shelf = await newShelf()
    await shelf.set('unstable', { keepVersions: 1 })
    for (const version of ['1.0', '1.1']) await shelf.add('unstable', ...build(`hello ${version}`))
    await shelf.add('unstable', ...build('hello 1.1'))
    expect(await shelf.has('unstable')).toEqual(HELLO.map((named) => named.replace('1.0', '1.1')))
    expect(await shown(shelf, 'unstable')).toMatchObject({ packages: 3, sources: 1 })
  })

  it('keeps what came, also where the branch has newer versions', async () => {
    const shelf = await newShelf()
    await shelf.set('testing', { keepVersions: 1 })
    await shelf.add('testing', related('hello 2.0'))
    await shelf.add('unstable', related('hello 1.0'))
    const { plan } = await move(shelf, ['hello 1.0'])
    expect(plan.problems).toMatchObject([
      { kind: 'downgrade', branch: 'testing', package: 'hello 1.0 (amd64)' },
    ])
    expect(await shelf.has('testing')).toEqual(['hello 1.0 amd64', 'hello 2.0 amd64'])
  })

  it('is refused where the branches are the same or not there', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    await expect(move(shelf, ['hello 1.0'], { to: 'unstable' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(move(shelf, ['hello 1.0'], { to: 'nowhere' })).rejects.toThrow('no branch “nowhere”')
    await expect(move(shelf, ['hello 1.0'], { repository: 'nothing' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('does not wait for a busy branch where it is told not to', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    await ctx.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM apt_branches WHERE repository_id = ${shelf.id}::uuid AND name = 'testing' FOR UPDATE`
      await expect(move(shelf, ['hello 1.0'], {}, { wait: false })).rejects.toMatchObject({
        code: 'conflict',
      })
      expect((await move(shelf, ['hello 1.0'], {}, { dryRun: true })).outcome).toBe('planned')
    })
    expect(await shelf.has('testing')).toEqual([])
  })

  it('belongs to the members of a team that has the repository', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    const team = await createTeam(ctx)
    await ctx.db.aptRepository.update({ where: { id: shelf.id }, data: { teamId: team.id } })
    await expect(move(shelf, ['hello 1.0'])).rejects.toMatchObject({ code: 'forbidden' })
    const own = await createActor(ctx, 'member', [team])
    const asked = { repository: shelf.name, packages: [{ package: 'hello', version: '1.0' }] }
    const outcome = await movePackages(ctx, own, { ...asked, from: 'unstable', to: 'testing' })
    expect(outcome.outcome).toBe('moved')
  })

  it('changes nothing when its record cannot be written', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    const nobody = { ...member, id: 'no uuid' }
    const asked = { repository: shelf.name, packages: [{ package: 'hello', version: '1.0' }] }
    await expect(movePackages(ctx, nobody, { ...asked, from: 'unstable', to: 'testing' })).rejects.toThrow()
    expect([await shelf.has('unstable'), await shelf.has('testing')]).toEqual([HELLO, []])
  })
})

describe('a removal', () => {
  it('takes packages out of one branch, and is kept as a move', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'), ...build('other 2.0'))
    await move(shelf, ['hello 1.0'], { copy: true })
    const packages = [{ package: 'hello', version: '1.0' }]
    const removal = { repo: shelf.name, branch: 'unstable', packages, reason: 'broken' }
    const rehearsed = await removePackages(ctx, member, removal, { dryRun: true })
    expect([rehearsed.packages, (await shelf.has('unstable')).length]).toEqual([4, 8])
    const removed = await removePackages(ctx, member, removal)
    expect(removed).toMatchObject({
      kind: 'remove',
      fromBranch: 'unstable',
      toBranch: null,
      reason: 'broken',
    })
    expect(removed.sources).toEqual([{ source: 'hello', version: '1.0' }])
    expect(await shelf.has('unstable')).toHaveLength(4)
    expect(await shelf.has('testing')).toEqual(HELLO)
    await expect(removePackages(ctx, member, removal)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('the list of moves', () => {
  it('is by repository, branch and name, in pages', async () => {
    const shelf = await newShelf(['unstable', 'testing', 'stable'])
    await shelf.add('unstable', ...build('hello 1.0'), ...build('other 2.0'))
    await move(shelf, ['hello 1.0'])
    await move(shelf, ['hello 1.0'], { from: 'testing', to: 'stable' })
    await move(shelf, ['other 2.0'])
    const list = async (query: { branch?: string; q?: string; limit?: number; cursor?: string }) => {
      const page = await listMoves(ctx, member, { repository: shelf.name, limit: 50, ...query })
      return {
        ...page,
        names: page.items.map(({ sources, toBranch }) => `${sources[0]?.source} ${toBranch}`),
      }
    }
    expect((await list({})).names).toEqual(['other testing', 'hello stable', 'hello testing'])
    expect((await list({ branch: 'stable' })).names).toEqual(['hello stable'])
    expect((await list({ q: 'hello-da' })).names).toEqual(['hello stable', 'hello testing'])
    const first = await list({ limit: 2 })
    expect(first.names).toEqual(['other testing', 'hello stable'])
    expect((await list({ limit: 2, cursor: first.nextCursor ?? '' })).names).toEqual(['hello testing'])
  })
})
