import { describe, expect, it } from 'vitest'
import { countApprovals } from '@/server/apt/moves/count-approvals'
import { movePackages } from '@/server/apt/moves/move-packages'
import { declineRequest } from '@/server/apt/moves/refuse-request'
import type { Actor } from '@/server/auth/permissions'
import { build, createShelf } from '@/test/support/apt-moves'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const team = await createTeam(ctx)
const asker = await createActor(ctx, 'maintainer', [team])
const approver = await createActor(ctx, 'maintainer', [team])

async function ask(name: string, actor: Actor): Promise<string> {
  const shelf = await createShelf(ctx, name)
  await shelf.add('unstable', ...build('hello 1.0'))
  await shelf.set('testing', { approvalRequired: true })
  const packages = [{ package: 'hello', version: '1.0' }]
  const asked = { repository: name, packages, from: 'unstable', to: 'testing' }
  return (await movePackages(ctx, actor, asked)).request?.id ?? ''
}

const waitFor = (actor: Actor, world = ctx) => countApprovals(world, actor)

describe('the approvals that wait for somebody', () => {
  it('are those of requests that this very person may decide', async () => {
    expect(await waitFor(approver)).toBe(0)
    await ask('everybodys', asker)
    await ask('theirs', asker)
    await ask('own', approver)
    await ctx.db.aptRepository.update({ where: { name: 'theirs' }, data: { teamId: team.id } })
    expect([await waitFor(approver), await waitFor(asker)]).toEqual([2, 1])
    expect(await waitFor(await createActor(ctx, 'maintainer'))).toBe(2)
    expect(await waitFor(await createActor(ctx, 'administrator'))).toBe(3)
    expect(await waitFor(await createActor(ctx, 'member', [team]))).toBe(0)
    expect(await waitFor({ ...approver, kind: 'token', scopes: ['read'] })).toBe(0)
  })

  it('are fewer once one is decided, and none after their time', async () => {
    const before = await waitFor(approver)
    const id = await ask('decided', asker)
    expect(await waitFor(approver)).toBe(before + 1)
    await declineRequest(ctx, approver, { id })
    expect(await waitFor(approver)).toBe(before)
    expect(await waitFor(approver, { ...ctx, now: () => new Date(Date.now() + 8 * 86_400_000) })).toBe(0)
  })
})
