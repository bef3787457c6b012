import { expect, it, vi } from 'vitest'
import { OneAtATimeAdapter } from '@/server/database/one-at-a-time'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const warned = vi.fn()
process.on('warning', ({ message }) => warned(message))
/** Node tells of a warning in a turn of its own. */
const told = () => new Promise((resolve) => setImmediate(resolve))

it('asks a transaction’s connection one thing after another', async () => {
  await ctx.db.user.create({ data: { email: 'ada@example.org', name: 'Ada', role: 'member' } })
  const people = await ctx.db.$transaction((tx) =>
    tx.user.findMany({
      include: { tokens: true, memberships: true, uses: true, tasks: true, nodeRules: true },
    }),
  )
  expect(people).toMatchObject([{ email: 'ada@example.org', tokens: [], memberships: [] }])
  const sums = await ctx.db.$transaction((tx) =>
    Promise.all([1, 2, 3, 4].map((n) => tx.$queryRaw<{ sum: number }[]>`SELECT ${n}::int + 1 AS sum`)),
  )
  expect(sums.map(([row]) => row?.sum)).toEqual([2, 3, 4, 5])
  await told()
  expect(warned).not.toHaveBeenCalled()
})

it('goes on with what waits when a statement failed', async () => {
  const failing = ctx.db.$transaction(async (tx) => {
    const asked = ['SELECT 1/0', 'SELECT 1', 'SELECT 2'].map((sql) => tx.$queryRawUnsafe(sql))
    return (await Promise.allSettled(asked)).map(({ status }) => status)
  })
  expect(await failing).toContain('rejected')
  expect(await ctx.db.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }])
})

it('lets nothing come after the end of a transaction, whatever was still under way', async () => {
  let writing: Promise<void> | undefined
  const failing = ctx.db.$transaction(async (tx) => {
    writing = (async () => {
      for (let place = 0; place < 50; place += 1) {
        const email = `late-${place}@example.org`
        await tx.$executeRaw`INSERT INTO users (email, name, role) VALUES (${email}, 'Late', 'member')`
      }
    })()
    writing.catch(() => undefined)
    await tx.$queryRaw`SELECT 1/0`
  })
  await expect(failing).rejects.toThrow(/zero/)
  await expect(writing).rejects.toThrow()
  expect(await ctx.db.user.count({ where: { name: 'Late' } })).toBe(0)
})

it('refuses what asks a transaction that is being ended', async () => {
  const adapter = await new OneAtATimeAdapter(ctx.pool).connect()
  const transaction = await adapter.startTransaction()
  const statement = (sql: string) => ({ sql, args: [], argTypes: [] })
  const before = transaction.executeRaw(statement('CREATE TABLE before ()'))
  const end = transaction.executeRaw(statement('ROLLBACK'))
  const after = transaction.executeRaw(statement('CREATE TABLE after ()'))
  await expect(after).rejects.toThrow('The transaction is over.')
  await Promise.all([before, end])
  await transaction.rollback()
  const { rows } = await adapter.queryRaw(
    statement(`SELECT to_regclass('before')::text, to_regclass('after')::text`),
  )
  expect(rows).toEqual([[null, null]])
})
