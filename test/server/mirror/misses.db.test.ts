import { expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { declareMiss, dismissMisses, reopenMiss } from '@/server/mirror/decide-misses'
import { blockHost, listHostRules, unblockHost } from '@/server/mirror/host-rules'
import { listMisses } from '@/server/mirror/list-misses'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const row = await createTeam(ctx)
const member = await createActor(ctx, 'member', [row])
const maintainer = await createActor(ctx, 'maintainer', [row])

let minute = 0
async function missed(url: string) {
  minute += 1
  const at = { firstSeenAt: new Date(0), lastSeenAt: new Date(minute * 60_000), count: 2 }
  const sighting = { clientNetwork: '10.0.0.0/24', userAgent: 'curl/8', teamId: row.id, ...at }
  const { host } = new URL(url)
  return ctx.db.miss.create({ data: { url, host, ...at, sightings: { create: sighting } } })
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'allowed',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )

it('lists the last seen first, page after page, with who asked', async () => {
  const made = []
  for (let n = 0; n < 5; n += 1) made.push(await missed(`https://paging.example.org/${n}`))
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const answer = await listMisses(ctx, member, {
      state: 'open',
      host: 'paging.example.org',
      limit: 2,
      cursor,
    })
    seen.push(...answer.items.map((miss) => miss.id))
    expect(answer.items[0]?.sightings).toMatchObject([
      { clientNetwork: '10.0.0.0/24', team: row.slug, count: 2 },
    ])
    cursor = answer.nextCursor ?? undefined
  } while (cursor)
  expect(seen).toEqual(made.map(({ id }) => id).reverse())
  expect(await codeOf(listMisses(ctx, member, { state: 'open', limit: 2, cursor: 'WyJ4IiwieSJd' }))).toBe(
    'invalid',
  )
})

it('is declared from the inbox with a reason, and leaves it', async () => {
  const miss = await missed('https://inbox.example.org/wanted')
  const { file } = await declareMiss(ctx, member, {
    id: miss.id,
    team: row.slug,
    reason: 'The build needs it.',
  })
  expect(file).toMatchObject({ uri: miss.url, state: 'pending' })
  expect(await ctx.db.miss.findUniqueOrThrow({ where: { id: miss.id } })).toMatchObject({
    state: 'declared',
    fileId: file.id,
  })
})

it('is dismissed, and comes back when reopened', async () => {
  const miss = await missed('https://inbox.example.org/noise')
  expect(await dismissMisses(ctx, member, { ids: [miss.id] })).toEqual({ changed: 1 })
  expect(await dismissMisses(ctx, member, { ids: [miss.id] })).toEqual({ changed: 0 })
  expect(await reopenMiss(ctx, member, { id: miss.id })).toMatchObject({ state: 'open' })
  expect(await codeOf(reopenMiss(ctx, member, { id: miss.id }))).toBe('conflict')
})

it('blocks a host: its misses leave the inbox, and unblocking lets them come again', async () => {
  const miss = await missed('https://telemetry.example.org/ping')
  expect(await codeOf(blockHost(ctx, member, { host: 'telemetry.example.org', reason: 'x' }))).toBe(
    'forbidden',
  )
  const rule = await blockHost(ctx, maintainer, { host: 'Telemetry.Example.ORG', reason: 'Telemetry.' })
  expect(rule).toMatchObject({ host: 'telemetry.example.org', action: 'deny' })
  expect((await ctx.db.miss.findUniqueOrThrow({ where: { id: miss.id } })).state).toBe('dismissed')
  expect(await codeOf(blockHost(ctx, maintainer, { host: 'telemetry.example.org', reason: 'x' }))).toBe(
    'conflict',
  )
  expect((await listHostRules(ctx, member, { limit: 10 })).items).toHaveLength(1)
  await unblockHost(ctx, maintainer, { host: 'telemetry.example.org' })
  expect((await listHostRules(ctx, member, { limit: 10 })).items).toEqual([])
  expect(await codeOf(unblockHost(ctx, maintainer, { host: 'telemetry.example.org' }))).toBe('not_found')
})

it.each(['', 'a b', 'x/y', 'user@host', 'http://x'])('refuses the host %j', async (host) => {
  expect(await codeOf(blockHost(ctx, maintainer, { host, reason: 'x' }))).toBe('invalid')
})
