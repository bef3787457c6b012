import { expect, it } from 'vitest'
import { openDatabase } from '@/server/db'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()

it('an instant is read as it was written, whatever the time zone of the database', async () => {
  const { rows } = await ctx.pool.query<{ name: string }>('SELECT current_database() AS name')
  await ctx.pool.query(`ALTER DATABASE ${rows[0]?.name} SET timezone TO 'Pacific/Kiritimati'`)
  const { db, close } = openDatabase(ctx.pool.options.connectionString ?? '')
  try {
    const instant = new Date('2026-01-31T23:30:00.125Z')
    const { id } = await db.team.create({ data: { slug: 'instants', name: 'Instants', createdAt: instant } })
    expect(await db.team.findUniqueOrThrow({ where: { id } })).toMatchObject({ createdAt: instant })
    expect(await db.$queryRaw`SELECT ${instant.toISOString()}::timestamptz AS at`).toEqual([{ at: instant }])
  } finally {
    await close()
  }
})
