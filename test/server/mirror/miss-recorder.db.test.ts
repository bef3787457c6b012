import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { NO_TEAM } from '@/server/mirror/download-counter'
import { MissRecorder } from '@/server/mirror/miss-recorder'
import { forgetOldMisses, MAX_OPEN_MISSES, MAX_SIGHTINGS_KEPT } from '@/server/mirror/write-misses'
import { openTestContext } from '@/test/support/context'
import { createTeam } from '@/test/support/people'

const ctx = await openTestContext()
beforeEach(async () => {
  await ctx.db.miss.deleteMany()
})

const refused = (change: object = {}) => ({
  url: 'https://example.org/a',
  host: 'example.org',
  clientNetwork: '192.0.2.0/24',
  userAgent: 'curl/8',
  team: NO_TEAM,
  ...change,
})

async function recorded(url = 'https://example.org/a') {
  return ctx.db.miss.findUnique({ where: { url }, include: { sightings: { orderBy: { count: 'desc' } } } })
}

describe('a refused URL', () => {
  it('is one miss, grouped by network, user agent and team', async () => {
    const team = await createTeam(ctx)
    const recorder = new MissRecorder(ctx)
    recorder.add(refused())
    recorder.add(refused())
    recorder.add(refused({ userAgent: 'wget' }))
    recorder.add(refused({ clientNetwork: '198.51.100.0/24' }))
    recorder.add(refused({ team: team.id }))
    await recorder.close()
    const miss = await recorded()
    expect(miss).toMatchObject({ state: 'open', host: 'example.org', count: 5n })
    expect(miss?.sightings.map(({ count }) => Number(count))).toEqual([2, 1, 1, 1])
  })

  it('keeps when it was first and last seen', async () => {
    const at = new Date('2026-02-01T10:00:00Z')
    const recorder = new MissRecorder({ ...ctx, now: () => new Date(at) })
    recorder.add(refused())
    await recorder.close()
    at.setTime(Date.parse('2026-02-03T11:00:00Z'))
    recorder.add(refused())
    await recorder.close()
    const times = { firstSeenAt: new Date('2026-02-01T10:00:00Z'), lastSeenAt: at }
    expect(await recorded()).toMatchObject({ count: 2n, ...times, sightings: [{ count: 2n, ...times }] })
  })

  it('is written within a second', async () => {
    new MissRecorder(ctx).add(refused())
    await vi.waitFor(async () => expect(await recorded()).not.toBeNull())
  })

  it('stays dismissed when it is seen again', async () => {
    const recorder = new MissRecorder(ctx)
    recorder.add(refused())
    await recorder.close()
    await ctx.db.miss.updateMany({ data: { state: 'dismissed', decidedAt: ctx.now() } })
    recorder.add(refused())
    await recorder.close()
    expect(await recorded()).toMatchObject({ state: 'dismissed', count: 2n })
  })

  it('that is declared but not stored leaves nothing to decide', async () => {
    const url = `https://example.org/${randomUUID()}`
    const recorder = new MissRecorder(ctx)
    recorder.add(refused({ url }))
    await recorder.close()
    expect(await recorded(url)).toMatchObject({ state: 'open', fileId: null })
    const { id } = await ctx.db.file.create({ data: { uri: url, declaredUri: url, host: 'example.org' } })
    recorder.add(refused({ url }))
    await recorder.close()
    expect(await recorded(url)).toMatchObject({ state: 'declared', fileId: id, count: 2n })
    expect((await recorded(url))?.decidedAt).not.toBeNull()
  })

  it('may come from a client that says anything about itself', async () => {
    const recorder = new MissRecorder(ctx)
    recorder.add(refused({ userAgent: `a\0b\u0007${'ÿ'.repeat(500)}` }))
    await recorder.close()
    const [sighting] = (await recorded())?.sightings ?? []
    expect(sighting?.userAgent).toHaveLength(200)
    expect(sighting?.userAgent).toMatch(/^a b ÿ+$/)
  })
})

describe('bounds', () => {
  it('hold in memory, whatever a client invents', async () => {
    const recorder = new MissRecorder(ctx)
    for (let index = 0; index < 3000; index += 1)
      recorder.add(refused({ url: `https://example.org/${index}` }))
    for (let index = 0; index < 300; index += 1)
      recorder.add(refused({ url: 'https://example.org/0', userAgent: `${index}` }))
    await recorder.close()
    expect(await ctx.db.miss.count()).toBe(2000)
    const miss = await recorded('https://example.org/0')
    expect(miss).toMatchObject({ count: 301n })
    expect(miss?.sightings).toHaveLength(50)
  })

  it('hold in the database: the oldest open misses and sightings are forgotten', async () => {
    await ctx.db.$executeRaw`
      INSERT INTO misses (url, host, state, count, first_seen_at, last_seen_at, decided_at)
      SELECT 'https://example.org/' || i, 'example.org', CASE WHEN i = 1 THEN 'dismissed' ELSE 'open' END::miss_state, 1,
        now(), '2026-01-01'::timestamptz + i * interval '1 second', CASE WHEN i = 1 THEN now() END
      FROM generate_series(1, ${MAX_OPEN_MISSES + 11}::int) AS i`
    await ctx.db.$executeRaw`
      INSERT INTO miss_sightings (miss_id, client_network, user_agent, team_id, count, first_seen_at, last_seen_at)
      SELECT id, 'n', i::text, ${NO_TEAM}::uuid, 1, now(), '2026-01-01'::timestamptz + i * interval '1 second'
      FROM misses, generate_series(1, ${MAX_SIGHTINGS_KEPT + 5}::int) AS i WHERE url = 'https://example.org/5000'`
    await forgetOldMisses(ctx)
    expect(await ctx.db.miss.count({ where: { state: 'open' } })).toBe(MAX_OPEN_MISSES)
    expect(await recorded('https://example.org/1')).not.toBeNull()
    expect(await recorded('https://example.org/11')).toBeNull()
    expect(await recorded('https://example.org/12')).not.toBeNull()
    const kept = (await recorded('https://example.org/5000'))?.sightings.map(({ userAgent }) =>
      Number(userAgent),
    )
    expect(kept).toHaveLength(MAX_SIGHTINGS_KEPT)
    expect(Math.min(...(kept ?? []))).toBe(6)
  })
})

it('adds up what several processes record, without waiting for each other for ever', async () => {
  const recorders = Array.from({ length: 4 }, () => new MissRecorder(ctx))
  const urls = Array.from({ length: 200 }, (_, index) => `https://example.org/${index}`)
  for (const [turn, recorder] of recorders.entries()) {
    for (const url of turn % 2 === 0 ? urls : urls.toReversed()) recorder.add(refused({ url }))
  }
  await Promise.all(recorders.map((recorder) => recorder.close()))
  const { _sum, _count } = await ctx.db.miss.aggregate({ _sum: { count: true }, _count: true })
  expect([_count, Number(_sum.count)]).toEqual([200, 800])
})
