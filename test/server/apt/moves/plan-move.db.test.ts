import { describe, expect, it } from 'vitest'
import { movePackages } from '@/server/apt/moves/move-packages'
import type { MovePlan } from '@/server/apt/moves/schema'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { build, createShelf, related, type Shelf } from '@/test/support/apt-moves'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const member = await createActor(ctx, 'member')
let shelves = 0
const newShelf = () => createShelf(ctx, `plan${++shelves}`, ['unstable', 'testing', 'stable'])

async function plan(shelf: Shelf, named: string, copy = false): Promise<MovePlan> {
  const [name = '', version = '1.0'] = named.split(' ')
  const asked = { repository: shelf.name, packages: [{ package: name, version }], copy }
  const choices = { dryRun: true }
  return (await movePackages(ctx, member, { ...asked, from: 'unstable', to: 'testing' }, choices)).plan
}

const told = ({ problems }: MovePlan) =>
  problems.map(({ kind, branch, package: who, relation }) => `${kind} ${branch}: ${who} ${relation}`)

interface Case {
  unstable: NewPackage[]
  testing?: NewPackage[]
  stable?: NewPackage[]
  keep?: number
  copy?: boolean
  move: string
  problems: string[]
}

const app = (depends: string, rest: Parameters<typeof related>[1] = {}) =>
  related('app 2.0', { depends, ...rest })
const unsatisfied = (relation: string) => `unsatisfied testing: app 2.0 (amd64) ${relation}`

const table: [string, Case][] = [
  [
    'is there already',
    { unstable: [app('lib')], testing: [related('lib 1.0')], move: 'app 2.0', problems: [] },
  ],
  [
    'stays behind',
    { unstable: [app('lib'), related('lib 1.0')], move: 'app 2.0', problems: [unsatisfied('lib')] },
  ],
  [
    'comes along, being of the same source',
    { unstable: [app('lib (= 2.0)'), related('lib 2.0', { source: 'app' })], move: 'app 2.0', problems: [] },
  ],
  [
    'is too old',
    {
      ...{ unstable: [app('lib (>= 2)')], testing: [related('lib 1.9')] },
      ...{ move: 'app 2.0', problems: [unsatisfied('lib (>= 2)')] },
    },
  ],
  [
    'is there in a version that does, beside one that does not',
    {
      ...{ unstable: [app('lib (<< 2)')], testing: [related('lib 1.0'), related('lib 2.0')] },
      ...{ move: 'app 2.0', problems: [] },
    },
  ],
  ['is of another world', { unstable: [app('libc6 (>= 2.36)')], move: 'app 2.0', problems: [] }],
  [
    'may be of another world',
    { unstable: [app('lib | elsewhere'), related('lib 1.0')], move: 'app 2.0', problems: [] },
  ],
  [
    'is in this repository, in no branch that counts',
    { unstable: [app('lib')], stable: [related('lib 1.0')], move: 'app 2.0', problems: [unsatisfied('lib')] },
  ],
  [
    'is provided',
    {
      unstable: [app('mta')],
      testing: [related('exim 4', { provides: 'mta' })],
      move: 'app 2.0',
      problems: [],
    },
  ],
  [
    'is provided without the version that is needed',
    {
      ...{ unstable: [app('mta (>= 1)')], testing: [related('exim 4', { provides: 'mta' })] },
      ...{ move: 'app 2.0', problems: [unsatisfied('mta (>= 1)')] },
    },
  ],
  [
    'is provided in a version that does',
    {
      ...{ unstable: [app('mta (>= 1)')], testing: [related('exim 4', { provides: 'mta (= 1.5)' })] },
      ...{ move: 'app 2.0', problems: [] },
    },
  ],
  [
    'is of another architecture',
    {
      ...{ unstable: [app('lib')], testing: [related('lib 1.0', { architecture: 'arm64' })] },
      ...{ move: 'app 2.0', problems: [unsatisfied('lib')] },
    },
  ],
  [
    'is needed beforehand',
    {
      ...{ unstable: [app('', { preDepends: 'lib' }), related('lib 1.0')] },
      ...{ move: 'app 2.0', problems: [unsatisfied('lib')] },
    },
  ],
  [
    'is asked for by any architecture',
    {
      unstable: [app('py:any')],
      testing: [related('py 3', { architecture: 'arm64', multiArch: 'allowed' })],
      move: 'app 2.0',
      problems: [],
    },
  ],
  [
    'leaves those who need it',
    {
      unstable: [related('lib 1.0'), related('user 1.0', { depends: 'lib (>= 1)' })],
      move: 'lib 1.0',
      problems: ['last_provider unstable: user 1.0 (amd64) lib (>= 1)'],
    },
  ],
  [
    'stays for those who need it, as a copy',
    {
      unstable: [related('lib 1.0'), related('user 1.0', { depends: 'lib' })],
      copy: true,
      move: 'lib 1.0',
      problems: [],
    },
  ],
  [
    'leaves another behind that does as well',
    {
      unstable: [
        related('lib 1.0', { provides: 'abi' }),
        related('lib2 1.0', { provides: 'abi' }),
        related('user 1.0', { depends: 'abi' }),
      ],
      move: 'lib 1.0',
      problems: [],
    },
  ],
  [
    'leaves those who could not be installed before either',
    {
      unstable: [related('lib 1.0'), related('user 1.0', { depends: 'lib (>= 5)' })],
      move: 'lib 1.0',
      problems: [],
    },
  ],
  [
    'leaves by what it provides',
    {
      unstable: [related('exim 4', { provides: 'mta' }), related('user 1.0', { depends: 'mta' })],
      move: 'exim 4',
      problems: ['last_provider unstable: user 1.0 (amd64) mta'],
    },
  ],
  [
    'makes an older one leave that somebody needs',
    {
      unstable: [related('lib 2.0')],
      testing: [related('lib 1.0'), related('user 1.0', { depends: 'lib (<< 2)' })],
      keep: 1,
      move: 'lib 2.0',
      problems: ['last_provider testing: user 1.0 (amd64) lib (<< 2)'],
    },
  ],
  [
    'leaves the older one where versions are kept',
    {
      unstable: [related('lib 2.0')],
      testing: [related('lib 1.0'), related('user 1.0', { depends: 'lib (<< 2)' })],
      move: 'lib 2.0',
      problems: [],
    },
  ],
  [
    'is older than what is there',
    {
      unstable: [related('lib 1.0')],
      testing: [related('lib 1:0.1')],
      move: 'lib 1.0',
      problems: ['downgrade testing: lib 1.0 (amd64) null'],
    },
  ],
]

describe('a plan, when what is needed or moved', () => {
  it.each(table)('%s', async (_, { unstable, testing = [], stable = [], keep, copy, move, problems }) => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...unstable)
    if (testing.length > 0) await shelf.add('testing', ...testing)
    if (stable.length > 0) await shelf.add('stable', ...stable)
    if (keep !== undefined) await shelf.set('testing', { keepVersions: keep })
    expect(told(await plan(shelf, move, copy))).toEqual(problems)
  })
})

it('tells what moves, what is there, and what it comes in front of, and changes nothing', async () => {
  const shelf = await newShelf()
  await shelf.add('unstable', ...build('hello 2.0'))
  await shelf.add('testing', ...build('hello 1.0'), ...build('hello 0.9'))
  await shelf.set('testing', { keepVersions: 2, approvalRequired: true })
  const { moves, already, replaces, needsApproval } = await plan(shelf, 'hello 2.0')
  expect([moves.length, already, needsApproval]).toEqual([4, [], true])
  expect(replaces.map(({ version, leaves }) => `${version} ${leaves}`).sort()).toEqual([
    ...Array.from({ length: 4 }, () => '0.9 true'),
    ...Array.from({ length: 4 }, () => '1.0 false'),
  ])
  expect(await shelf.has('testing')).toHaveLength(8)
  expect(await ctx.db.aptMoveRequest.count()).toBe(0)
})

it('says what is wrong in a sentence', async () => {
  const shelf = await newShelf()
  await shelf.add('unstable', app('lib (>= 1)'), related('lib 1.0'))
  const { problems } = await plan(shelf, 'app 2.0')
  expect(problems[0]?.message).toBe(
    'app 2.0 (amd64) needs “lib (>= 1)”, which no package of testing satisfies.',
  )
})

it('tells five hundred problems at most', async () => {
  const shelf = await newShelf()
  await shelf.add('unstable', ...build('big 1.0'))
  await fill(shelf, 60_000)
  // 600 packages lose what they need; nobody reads them all.
  expect(told(await plan(shelf, 'big 1.0'))).toHaveLength(500)
})

/** Puts so many packages into two branches, each needing the one before, and each hundredth `big-data` too. */
async function fill(shelf: Shelf, count: number): Promise<void> {
  await ctx.db.$executeRaw`
    WITH made AS (
      INSERT INTO apt_packages (repository_id, type, name, version, architecture, source_name, source_version, component,
        summary, stanza, provides, depends_on, size)
      SELECT ${shelf.id}::uuid, 'deb', 'p' || n, '1.0', 'amd64', 'p' || n, '1.0', 'main', '',
        'Package: p' || n || E'\nVersion: 1.0\nArchitecture: amd64\nProvides: v' || n || E'\nDepends: big-data, p' || (n - 1) || E'\n',
        ARRAY['v' || n], CASE WHEN n % 100 = 0 THEN ARRAY['big-data', 'p' || (n - 1)] ELSE ARRAY['p' || (n - 1)] END, 1
      FROM generate_series(1, ${count}::int) n RETURNING *)
    INSERT INTO apt_placements (branch_id, package_id, list, name, source_name, source_version)
    SELECT b.id, made.id, 'main/binary-amd64', made.name, made.source_name, made.source_version
    FROM made CROSS JOIN apt_branches b WHERE b.repository_id = ${shelf.id}::uuid AND b.name IN ('unstable', 'testing')`
  await ctx.db.$executeRaw`ANALYZE apt_packages`
  await ctx.db.$executeRaw`ANALYZE apt_placements`
}
