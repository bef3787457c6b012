import { Pool, type PoolClient } from 'pg'
import { expect, it } from 'vitest'
import { queuePool } from '@/server/tasks/queue-pool'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const pool = queuePool(ctx.pool)

const borrow = () =>
  new Promise<{ client: PoolClient; release: () => void }>((resolve, reject) => {
    pool.connect((error, client, release) => {
      if (error || !client) reject(error)
      else resolve({ client, release })
    })
  })

it('takes a connection back once, however often it is given back', async () => {
  const { client, release } = await borrow()
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  const idle = ctx.pool.idleCount
  release()
  release()
  expect(ctx.pool.idleCount).toBe(idle + 1)
})

it('lends out the same connections as the pool behind it', async () => {
  const client = await pool.connect()
  expect(ctx.pool.totalCount).toBeGreaterThan(0)
  client.release()
  expect((await pool.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }])
})

it('gives back what it never got, from a pool that is closed', async () => {
  const closed = new Pool()
  await closed.end()
  const told = await new Promise<[Error | undefined, () => void]>((resolve) => {
    queuePool(closed).connect((error, _client, release) => resolve([error, release]))
  })
  expect(told[0]?.message).toContain('after calling end')
  expect(told[1]).not.toThrow()
})
