import { expect, it, vi } from 'vitest'
import { listen, notify } from '@/server/events'
import type { Logger } from '@/server/logger'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()

it('brings a notice to every listener of the topic, at commit', async () => {
  const notices = await listen(ctx.pool, ctx.log)
  const seen: (string | undefined)[] = []
  notices.on('file', (id) => seen.push(id))
  notices.on('task', () => seen.push('wrong topic'))
  await ctx.db
    .$transaction(async (tx) => {
      await notify(tx, { topic: 'file', id: 'rolled back' })
      throw new Error('roll back')
    })
    .catch(() => undefined)
  await ctx.db.$transaction((tx) => notify(tx, { topic: 'file', id: 'a' }))
  await vi.waitFor(() => expect(seen).toEqual(['a']))
  await notices.close()
})

it('reconnects, and says that anything may have changed', async () => {
  const notices = await listen(ctx.pool, ctx.log)
  const seen: (string | undefined)[] = []
  notices.on('file', (id) => seen.push(id))
  await ctx.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'entrepot-listen' AND datname = current_database()`,
  )
  await vi.waitFor(() => expect(seen).toContain(undefined))
  await notify(ctx.db, { topic: 'file', id: 'after' })
  await vi.waitFor(() => expect(seen).toContain('after'))
  await notices.close()
})

it('tries again, one connection at a time, while the database takes none', async () => {
  let refused = 0
  const log = { ...ctx.log, warn: () => undefined, debug: () => void refused++ } as unknown as Logger
  const notices = await listen(ctx.pool, log)
  const seen: (string | undefined)[] = []
  notices.on('file', (id) => seen.push(id))
  await takesConnections(false)
  await vi.waitFor(() => expect(refused).toBeGreaterThanOrEqual(3))
  await takesConnections(true)
  await vi.waitFor(() => expect(seen).toContain(undefined))
  await notify(ctx.db, { topic: 'file', id: 'first' })
  await notify(ctx.db, { topic: 'file', id: 'last' })
  await vi.waitFor(() => expect(seen).toContain('last'))
  expect(seen).toEqual([undefined, 'first', 'last'])
  await notices.close()
})

it('fails at once when the database takes no connection at the beginning', async () => {
  const wrong = { options: { ...ctx.pool.options, connectionString: undefined, host: '127.0.0.1', port: 1 } }
  await expect(listen(wrong as never, ctx.log)).rejects.toThrow('ECONNREFUSED')
})

/** Takes no new connections, and ends the one that listens; or takes them again. */
async function takesConnections(isAllowed: boolean): Promise<void> {
  const client = await ctx.pool.connect()
  try {
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name')
    const name = rows[0]?.name ?? ''
    await client.query(`UPDATE pg_database SET datallowconn = $2 WHERE datname = $1`, [name, isAllowed])
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'entrepot-listen' AND datname = $1`,
      [name],
    )
  } finally {
    client.release()
  }
}
