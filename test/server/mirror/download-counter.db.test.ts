import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Context } from '@/server/context'
import { DownloadCounter, NO_TEAM } from '@/server/mirror/download-counter'
import { openTestContext } from '@/test/support/context'
import { createTeam } from '@/test/support/people'
import { storeFile } from '@/test/support/stored-file'

const ctx = await openTestContext()
const newFile = () => storeFile(ctx, `https://example.org/${randomUUID()}`, 'hello')

async function counted(fileId: string) {
  const rows = await ctx.db.downloadDay.findMany({
    where: { fileId },
    orderBy: [{ day: 'asc' }, { count: 'asc' }],
  })
  return rows.map(({ day, teamId, count, bytes }) => [
    day.toISOString().slice(0, 10),
    teamId,
    Number(count),
    Number(bytes),
  ])
}

it('counts by file, day and team, and writes within a second and at the end', async () => {
  const at = new Date('2026-02-01T23:59:59.900Z')
  const clock: Context = { ...ctx, now: () => new Date(at) }
  const [{ id }, team] = await Promise.all([newFile(), createTeam(ctx)])
  const write = vi.spyOn(ctx.db, '$executeRaw')
  onTestFinished(() => write.mockRestore())
  const counter = new DownloadCounter(clock)
  counter.add({ id, team: NO_TEAM, bytes: 5, reachedEnd: true })
  counter.add({ id, team: NO_TEAM, bytes: 5, reachedEnd: true })
  counter.add({ id, team: team.id, bytes: 5, reachedEnd: true })
  expect(write).not.toHaveBeenCalled()
  await vi.waitFor(async () => expect(await counted(id)).toHaveLength(2))
  expect(write).toHaveBeenCalledTimes(1)
  at.setTime(Date.parse('2026-02-02T00:00:00Z'))
  counter.add({ id, team: NO_TEAM, bytes: 5, reachedEnd: true })
  await counter.close()
  expect(await counted(id)).toEqual([
    ['2026-02-01', team.id, 1, 5],
    ['2026-02-01', NO_TEAM, 2, 10],
    ['2026-02-02', NO_TEAM, 1, 5],
  ])
})

it('counts a download in parts as one, by its last byte', async () => {
  const { id } = await newFile()
  const counter = new DownloadCounter(ctx)
  counter.add({ id, team: NO_TEAM, bytes: 2, reachedEnd: false })
  counter.add({ id, team: NO_TEAM, bytes: 3, reachedEnd: true })
  await counter.close()
  expect((await counted(id)).map((row) => row.slice(2))).toEqual([[1, 5]])
})

it('adds up what several processes count', async () => {
  const files = await Promise.all(Array.from({ length: 20 }, newFile))
  const counters = Array.from({ length: 4 }, () => new DownloadCounter(ctx))
  for (const [turn, counter] of counters.entries()) {
    const order = turn % 2 === 0 ? files : files.toReversed()
    for (const { id } of order) counter.add({ id, team: NO_TEAM, bytes: 1, reachedEnd: true })
  }
  await Promise.all(counters.map((counter) => counter.close()))
  for (const { id } of files) expect((await counted(id)).map((row) => row.slice(2))).toEqual([[4, 4]])
})

it('loses nothing while the database is away', async () => {
  const { id } = await newFile()
  const refuse = vi
    .spyOn(ctx.db, '$executeRaw')
    .mockRejectedValueOnce(new Error('The database is away.') as never)
  onTestFinished(() => refuse.mockRestore())
  const counter = new DownloadCounter(ctx)
  counter.add({ id, team: NO_TEAM, bytes: 5, reachedEnd: true })
  await counter.close()
  expect(await counted(id)).toEqual([])
  counter.add({ id, team: NO_TEAM, bytes: 5, reachedEnd: true })
  await counter.close()
  expect((await counted(id)).map((row) => row.slice(2))).toEqual([[2, 10]])
})
