import { expect, it } from 'vitest'
import { unplace } from '@/server/apt/packages/placements'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { diffSnapshots } from '@/server/apt/snapshots/diff-snapshots'
import { listSnapshots } from '@/server/apt/snapshots/list-snapshots'
import { rollBack } from '@/server/apt/snapshots/roll-back'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { newPackage } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const maintainer = await createActor(ctx, 'maintainer')

/** A process that ends in the moment before its transactions are committed. */
function dying(): Context {
  const $transaction = (work: (tx: Tx) => Promise<unknown>, options?: object) =>
    ctx.db.$transaction(async (tx) => {
      await work(tx)
      throw new Error('killed')
    }, options)
  return {
    ...ctx,
    db: new Proxy(ctx.db, {
      get: (db, name) => (name === '$transaction' ? $transaction : Reflect.get(db, name)),
    }),
  }
}

it('what was published again after a crash is compared, and comes back by a roll-back', async () => {
  const repository = await createRepositoryRows(ctx, { name: 'tools' })
  const branch = { repo: 'tools', branch: 'unstable' }
  await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'kept' })])
  const packages = [newPackage({ name: 'hello' })]
  await expect(addToBranch(dying(), repository, 'unstable', packages)).rejects.toThrow('killed')
  const ids = await addToBranch(ctx, repository, 'unstable', packages)
  const request = {
    repositoryId: repository.id,
    branches: ['unstable'],
    actor: system,
    cause: 'remove' as const,
  }
  await changeBranches(ctx, request, async (tx, locked) => {
    for (const row of locked.branches.values()) await unplace(tx, locked, row, ids)
    return { result: undefined }
  })
  const { items } = await listSnapshots(ctx, maintainer, { repo: 'tools', limit: 10 })
  const [, having, before] = items.map(({ id }) => id)
  const diff = await diffSnapshots(ctx, maintainer, {
    ...branch,
    from: before as string,
    to: having as string,
  })
  expect(diff.changes).toEqual([
    { name: 'hello', architecture: 'amd64', type: 'deb', before: [], after: ['1.0'] },
  ])
  const back = { ...branch, snapshot: having as string, reason: 'For tests.' }
  expect(await rollBack(ctx, maintainer, back, {})).toMatchObject({ added: 1, removed: 0 })
})
