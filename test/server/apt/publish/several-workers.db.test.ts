import { afterAll, describe, expect, it, vi } from 'vitest'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { refreshReleases } from '@/server/apt/publish/refresh-releases'
import { system } from '@/server/auth/permissions'
import { openContext } from '@/server/context'
import { newPackage } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { lockWaiters } from '@/test/support/registry-push'

const ctx = await openTestContext()
const { env, log, secret } = ctx
const { connectionString: databaseUrl } = (ctx.pool as unknown as { options: { connectionString: string } })
  .options
/** As another process has it: with a queue of its own. */
const other = await openContext({ env, databaseUrl, secret, log })
afterAll(() => other.close())

/** Does something while a transaction holds the branches of a repository; `release` ends it. */
async function whileHeld(
  repositoryId: string,
  lock: 'FOR UPDATE' | 'FOR SHARE',
  work: (release: () => Promise<unknown>) => Promise<void>,
) {
  const holder = await ctx.pool.connect()
  try {
    await holder.query('BEGIN')
    await holder.query(`SELECT FROM apt_branches WHERE repository_id = $1 ${lock}`, [repositoryId])
    await work(() => holder.query('COMMIT'))
  } finally {
    await holder.query('ROLLBACK')
    holder.release()
  }
}

describe('several workers', () => {
  it('renew a stale Release once', async () => {
    const { id: repositoryId, ...rest } = await createRepositoryRows(ctx, { name: 'renewed' })
    await addToBranch(ctx, { id: repositoryId, ...rest }, 'unstable', [newPackage({ name: 'one' })])
    await refreshReleases(ctx)
    await ctx.db.aptBranch.updateMany({ where: { repositoryId, name: 'unstable' }, data: { validDays: 10 } })
    const branch = { repositoryId, name: 'unstable' }
    const data = { at: new Date(Date.now() - 6 * 86_400_000) }
    await ctx.db.aptPublication.updateMany({ where: { branch }, data })
    await whileHeld(repositoryId, 'FOR UPDATE', async (release) => {
      const both = [refreshReleases(ctx), refreshReleases(other)]
      await vi.waitFor(async () => expect(await lockWaiters(ctx)).toBe(2))
      await release()
      expect((await Promise.all(both)).sort()).toEqual([0, 1])
    })
    expect(await ctx.db.aptPublication.count({ where: { branch } })).toBe(2)
  })
})

describe('a change that waits for nobody', () => {
  const change = async (repositoryId: string) =>
    changeBranches(
      ctx,
      { repositoryId, branches: ['unstable', 'testing'], actor: system, cause: 'move', wait: false },
      async (_tx, { branches }) => ({ result: branches.size }),
    )

  it('is not refused for those who only read a young snapshot', async () => {
    const { id } = await createRepositoryRows(ctx, { name: 'read' })
    await whileHeld(id, 'FOR SHARE', async (release) => {
      const changed = change(id)
      const isBusy = changed.then(
        () => 'done',
        () => 'refused',
      )
      await vi.waitFor(async () => expect(await looksAgain()).toBe(true))
      expect(await Promise.race([isBusy, Promise.resolve('waits')])).toBe('waits')
      await release()
      expect(await changed).toBe(2)
    })
  })

  it('is refused for one that changes them', async () => {
    const { id } = await createRepositoryRows(ctx, { name: 'changed' })
    await whileHeld(id, 'FOR UPDATE', async () => {
      await expect(change(id)).rejects.toMatchObject({ code: 'conflict' })
    })
  })

  /** Whether it has asked who holds the branches. */
  async function looksAgain(): Promise<boolean> {
    const { rows } = await ctx.pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND state <> 'idle' AND query ~ 'SAVEPOINT|SKIP LOCKED'`,
    )
    return rows.length > 0
  }
})
