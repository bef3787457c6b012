import { expect, it, vi } from 'vitest'
import { listen, notify } from '@/server/events'
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
