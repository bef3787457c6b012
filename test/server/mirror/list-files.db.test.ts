import { beforeAll, describe, expect, it } from 'vitest'
import { searchIds } from '@/server/mirror/build-search'
import { type FileFilter, parseFilter } from '@/server/mirror/file-filter'
import { listFiles } from '@/server/mirror/list-files'
import type { FileQuery } from '@/server/mirror/schema'
import { possiblePlans } from '@/server/mirror/search-plan'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()

interface Seeded {
  id: string
  uri: string
  host: string
  sha256: string | null
  state: string
  uses: { team: string; licence: string | null; isActive: boolean }[]
}

let all: Seeded[]
const actor = await createActor(ctx, 'viewer')
const teams = [await createTeam(ctx, 'red'), await createTeam(ctx, 'green'), await createTeam(ctx, 'blue')]

/** A deterministic choice. */
const pick = <Item>(items: readonly Item[], number: number) => items[number % items.length] as Item

beforeAll(async () => {
  const names = ['zlib', 'lib_z', 'openssl', 'Kernel', '1.2.3', 'a%b']
  for (let number = 0; number < 240; number += 1) {
    const host = pick(['one.example.org', 'two.example.org', 'one.example.org:8443'], number)
    const state = pick(['stored', 'stored', 'stored', 'failed', 'pending', 'fetching'] as const, number * 7)
    const sha256 = state === 'stored' ? number.toString(16).padStart(4, '0').repeat(16) : null
    if (sha256) await ctx.db.blob.create({ data: { sha256, size: number } })
    const uri = `https://${host}/${pick(names, number * 5)}/v${number}.tar.gz`
    const { id } = await ctx.db.file.create({
      data: {
        uri,
        declaredUri: uri,
        host,
        state,
        sha256,
        ...(sha256 && { size: number, storedAt: new Date() }),
        ...(state === 'failed' && { error: 'The upstream answered 404.' }),
      },
    })
    for (const use of usesOf(number)) await ctx.db.use.create({ data: { fileId: id, ...use } })
  }
  const rows = await ctx.db.file.findMany({
    include: { uses: { include: { team: true } } },
    orderBy: { id: 'desc' },
  })
  all = rows.map((row) => ({
    ...row,
    uses: row.uses.map((use) => ({
      team: use.team.slug,
      licence: use.licence,
      isActive: use.retiredAt === null,
    })),
  }))
})

function usesOf(number: number) {
  const retired = { retiredAt: new Date(), retiredReason: 'over' }
  const first = {
    teamId: pick(teams, number).id,
    reason: `first ${number}`,
    licence: pick(['MIT', 'Zlib', null], number * 11),
    ...(number % 4 === 0 && retired),
  }
  const second = {
    teamId: pick(teams, number + 1).id,
    reason: `second ${number}`,
    licence: 'MIT',
    ...(number % 8 === 0 && retired),
  }
  const third = { ...first, project: 'other', reason: `third ${number}` }
  return [first, ...(number % 3 === 0 ? [second] : []), ...(number % 5 === 0 ? [third] : [])]
}

/** The list as its rules say it, without any index. */
function expected(filter: FileFilter): string[] {
  const passes = (file: Seeded) => {
    const active = file.uses.filter((use) => use.isActive)
    const state = file.state === 'stored' && active.length === 0 ? 'retired' : file.state
    const uses = filter.state === 'retired' ? file.uses : active
    const isText = filter.text === undefined || file.uri.toLowerCase().includes(filter.text)
    const isDigest = filter.digest !== undefined && (file.sha256?.startsWith(filter.digest) ?? false)
    const hasUse = uses.some(
      (use) =>
        (filter.team === undefined || use.team === filter.team) &&
        (filter.licence === undefined || use.licence === filter.licence),
    )
    return (
      (isText || isDigest) &&
      (filter.state === undefined || state === filter.state) &&
      (filter.host === undefined || file.host === filter.host) &&
      ((filter.team === undefined && filter.licence === undefined) || hasUse) &&
      (filter.before === undefined || file.id < filter.before)
    )
  }
  return all.filter(passes).map(({ id }) => id)
}

const values = {
  q: [
    undefined,
    'lib',
    'LIB_Z',
    'a%b',
    '1.2.3',
    'v1',
    'z',
    'no such',
    'https://one.example.org',
    '00ab00',
    'openssl/v',
  ],
  state: [undefined, 'pending', 'stored', 'failed', 'retired'],
  team: [undefined, 'red', 'nobody'],
  licence: [undefined, 'MIT'],
  host: [undefined, 'one.example.org', 'one.example.org:8443'],
} as const

function* queries(): Generator<Partial<FileQuery>> {
  for (const q of values.q)
    for (const state of values.state)
      for (const team of values.team)
        for (const licence of values.licence)
          for (const host of values.host) yield { q, state, team, licence, host }
}

describe('every way to search', () => {
  it('gives the same files in the same order, from the start and from a cursor', async () => {
    let compared = 0
    for (const query of queries()) {
      for (const before of [undefined, all[100]?.id]) {
        const filter = parseFilter(query, before)
        const wanted = expected(filter).slice(0, 20)
        for (const plan of possiblePlans(filter)) {
          const rows = await ctx.db.$queryRaw<{ id: string }[]>(searchIds(filter, plan, 20))
          expect({ filter, plan, ids: rows.map(({ id }) => id) }).toEqual({ filter, plan, ids: wanted })
          compared += 1
        }
      }
    }
    expect(compared).toBeGreaterThan(3000)
  }, 240_000)
})

describe('the list', () => {
  it('is read page by page without a gap or a repeat', async () => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const { items, nextCursor } = await listFiles(ctx, actor, { limit: 37, cursor, q: 'lib' })
      ids.push(...items.map(({ id }) => id))
      cursor = nextCursor ?? undefined
    } while (cursor)
    expect(ids).toEqual(expected({ text: 'lib' }))
  })

  it('shows a file with the teams that use it and the reason of the team asked for', async () => {
    const { items } = await listFiles(ctx, actor, { limit: 50, q: '/v15.tar' })
    expect(items).toMatchObject([
      {
        uri: expect.stringContaining('/v15.tar.gz'),
        teams: ['green', 'red'],
        reason: 'first 15',
        activeUses: 3,
      },
    ])
    const asked = await listFiles(ctx, actor, { limit: 50, q: '/v15.tar', team: 'green' })
    expect(asked.items[0]?.reason).toBe('second 15')
  })

  it('calls a stored file without an active use retired, and only that', async () => {
    const { items } = await listFiles(ctx, actor, { limit: 500, state: 'retired' })
    expect(items.length).toBeGreaterThan(0)
    expect(items.every((file) => file.state === 'retired' && file.activeUses === 0)).toBe(true)
    const { items: stored } = await listFiles(ctx, actor, { limit: 500, state: 'stored' })
    expect(stored.every((file) => file.state === 'stored' && file.activeUses > 0)).toBe(true)
  })

  it('finds a pasted URL whose spelling differs from the normal form', async () => {
    const { items } = await listFiles(ctx, actor, {
      limit: 5,
      q: 'HTTPS://One.Example.org:443/zlib/../zlib/v0.tar.gz',
    })
    expect(items.map(({ uri }) => uri)).toEqual(['https://one.example.org/zlib/v0.tar.gz'])
  })

  it('refuses a cursor that is not its own', async () => {
    await expect(listFiles(ctx, actor, { limit: 5, cursor: 'bm8' })).rejects.toMatchObject({
      code: 'invalid',
    })
  })
})

describe('the table that is searched', () => {
  it('refuses that a URI changes under it', async () => {
    const change = ctx.db.file.update({
      where: { id: all[0]?.id ?? '' },
      data: { uri: 'https://x.example.org/' },
    })
    await expect(change).rejects.toThrow('the URI of a file never changes')
  })
})
