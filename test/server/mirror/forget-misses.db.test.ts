import { expect, it } from 'vitest'
import { NO_TEAM } from '@/server/mirror/download-counter'
import { forgetOldMisses, MAX_OPEN_MISSES, MAX_SIGHTINGS_KEPT } from '@/server/mirror/write-misses'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
/** More than are forgotten with one statement. */
const TOO_MANY = 6_000

async function fill(misses: number, sightings: number) {
  await ctx.db.$executeRaw`
    INSERT INTO misses (url, host, state, count, first_seen_at, last_seen_at)
    SELECT i::text, 'example.org', 'open', 1, now(), '2026-01-01'::timestamptz + i * interval '1 second'
    FROM generate_series(1, ${misses}::int) AS i`
  await ctx.db.$executeRaw`
    INSERT INTO miss_sightings (miss_id, client_network, user_agent, team_id, count, first_seen_at, last_seen_at)
    SELECT id, 'n', i::text, ${NO_TEAM}::uuid, 1, now(), '2026-01-01'::timestamptz + i * interval '1 second'
    FROM misses, generate_series(1, ${sightings}::int) AS i WHERE url::int > ${misses} - 100`
}

it('old misses are forgotten soon, also where the database last knew these tables as empty', async () => {
  await fill(1_000, 2)
  await ctx.db.miss.deleteMany()
  // Between a clean-up and the next vacuum: pages, and no row in them.
  await ctx.db.$executeRaw`ANALYZE misses`
  await ctx.db.$executeRaw`ANALYZE miss_sightings`
  for (const table of ['misses', 'miss_sightings'])
    await ctx.db.$executeRawUnsafe(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`)
  await fill(MAX_OPEN_MISSES + TOO_MANY, MAX_SIGHTINGS_KEPT + 50)
  const { rows } = await ctx.pool.query(`SELECT reltuples FROM pg_class WHERE relname = 'misses'`)
  expect(rows).toEqual([{ reltuples: 0 }])
  await forgetOldMisses(ctx)
  expect(await ctx.db.miss.count()).toBe(MAX_OPEN_MISSES)
  expect(await ctx.db.miss.count({ where: { url: String(TOO_MANY) } })).toBe(0)
  expect(await ctx.db.missSighting.count()).toBe(100 * MAX_SIGHTINGS_KEPT)
  expect(await ctx.db.missSighting.count({ where: { userAgent: '50' } })).toBe(0)
})
