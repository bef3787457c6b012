import { describe, expect, it, onTestFinished } from 'vitest'
import { approveRequest } from '@/server/apt/moves/approve-request'
import { expireRequests } from '@/server/apt/moves/expire-requests'
import { listRequests } from '@/server/apt/moves/list-requests'
import { movePackages } from '@/server/apt/moves/move-packages'
import { declineRequest, withdrawRequest } from '@/server/apt/moves/refuse-request'
import type { MoveOutcome } from '@/server/apt/moves/schema'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { listen } from '@/server/events'
import { build, createShelf, related, type Shelf } from '@/test/support/apt-moves'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'
import { lockWaiters } from '@/test/support/registry-push'
import { startJobs, sweepAll } from '@/workers/jobs'

const ctx = await openTestContext()
const asker = await createActor(ctx, 'maintainer')
const approver = await createActor(ctx, 'maintainer')
const DAY_MS = 86_400_000
let shelves = 0

async function guardedShelf(): Promise<Shelf> {
  const shelf = await createShelf(ctx, `guarded${++shelves}`)
  await shelf.add('unstable', ...build('hello 1.0'))
  await shelf.set('testing', { approvalRequired: true })
  return shelf
}

function ask(shelf: Shelf, actor: Actor = asker, world: Context = ctx): Promise<MoveOutcome> {
  const packages = [{ package: 'hello', version: '1.0' }]
  const asked = { repository: shelf.name, packages, from: 'unstable', to: 'testing', reason: 'release 7' }
  return movePackages(world, actor, asked)
}

async function waiting(shelf: Shelf): Promise<string> {
  const { request } = await ask(shelf)
  return request?.id ?? ''
}

describe('a move into a branch that takes approved moves', () => {
  it('waits, moves nothing, and is one request however often it is asked for', async () => {
    const shelf = await guardedShelf()
    const outcomes = await Promise.all([ask(shelf), ask(shelf, approver), ask(shelf)])
    expect(outcomes.map(({ outcome, move }) => [outcome, move])).toEqual(
      Array.from({ length: 3 }, () => ['waits_for_approval', null]),
    )
    expect(new Set(outcomes.map(({ request }) => request?.id)).size).toBe(1)
    expect(outcomes.map(({ request }) => request?.mine)).toContain(true)
    expect(await shelf.has('testing')).toEqual([])
    const { items } = await listRequests(ctx, approver, {
      repository: shelf.name,
      state: 'waiting',
      limit: 10,
    })
    expect(items).toMatchObject([
      {
        fromBranch: 'unstable',
        toBranch: 'testing',
        packages: [{ package: 'hello', version: '1.0' }],
        reason: 'release 7',
      },
    ])
  })

  it('is made when somebody else approves it, and then there is nothing left to ask', async () => {
    const shelf = await guardedShelf()
    const id = await waiting(shelf)
    const approved = await approveRequest(ctx, approver, { id, reason: 'tested' })
    expect(approved).toMatchObject({ state: 'approved', deciderName: approver.name, decision: 'tested' })
    expect(await shelf.has('testing')).toHaveLength(4)
    expect(await shelf.has('unstable')).toEqual([])
    const move = await ctx.db.aptMove.findUniqueOrThrow({ where: { id: approved.moveId ?? '' } })
    expect(move).toMatchObject({ actorName: approver.name, reason: 'release 7', kind: 'move' })
    expect((await ask(shelf)).outcome).toBe('already_there')
    await expect(approveRequest(ctx, approver, { id })).rejects.toThrow('has approved this request already')
    const actions = await ctx.db.auditEntry.findMany({ where: { subjectId: id }, orderBy: { id: 'asc' } })
    expect(actions.map(({ action }) => action)).toEqual(['apt.request-open', 'apt.request-approve'])
  })

  it('is not approved by who asked, with whichever token, nor by who may not', async () => {
    const shelf = await guardedShelf()
    const id = await waiting(shelf)
    const byToken: Actor = { ...asker, kind: 'token', id: approver.id, name: 'another token' }
    await expect(approveRequest(ctx, asker, { id })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(approveRequest(ctx, byToken, { id })).rejects.toThrow('You asked for this move')
    const member = await createActor(ctx, 'member')
    await expect(approveRequest(ctx, member, { id })).rejects.toMatchObject({ code: 'forbidden' })
    const nobody: Actor = { ...approver, kind: 'system', id: null, userId: null }
    await expect(approveRequest(ctx, nobody, { id })).rejects.toThrow('Only a person')
    await ctx.db.aptRepository.update({
      where: { id: shelf.id },
      data: { teamId: (await createTeam(ctx)).id },
    })
    await expect(approveRequest(ctx, approver, { id })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await shelf.has('testing')).toEqual([])
  })

  it('is not approved when other files would move by now', async () => {
    const shelf = await guardedShelf()
    const id = await waiting(shelf)
    await shelf.add('unstable', related('hello-late 1.0', { source: 'hello' }))
    await expect(approveRequest(ctx, approver, { id })).rejects.toThrow('is not what was asked for')
    expect(await shelf.has('testing')).toEqual([])
    const { request } = await ask(shelf)
    expect(request?.id).not.toBe(id)
    expect((await approveRequest(ctx, approver, { id: request?.id ?? '' })).state).toBe('approved')
    expect(await shelf.has('testing')).toContain('hello-late 1.0 amd64')
  })

  it('is not approved when its packages went elsewhere, or came by another way, and says so', async () => {
    const shelf = await createShelf(ctx, `guarded${++shelves}`, ['unstable', 'testing', 'stable'])
    await shelf.add('unstable', ...build('hello 1.0'), ...build('other 2.0'))
    await shelf.set('testing', { approvalRequired: true })
    const packages = ['hello 1.0', 'other 2.0'].map((named) => {
      const [name = '', version = ''] = named.split(' ')
      return { package: name, version }
    })
    const between = { repository: shelf.name, from: 'unstable', to: 'testing' }
    const { request } = await movePackages(ctx, asker, { ...between, packages })
    const id = request?.id ?? ''
    await movePackages(ctx, asker, { ...between, to: 'stable', packages: packages.slice(0, 1) })
    const gone = {
      code: 'conflict',
      message:
        'What would move now is not what was asked for: hello 1.0 is in neither unstable nor testing any more. ' +
        'Decline the request, or withdraw it, and ask again.',
    }
    await expect(approveRequest(ctx, approver, { id })).rejects.toMatchObject(gone)
    await expect(approveRequest(ctx, approver, { id, dryRun: true })).rejects.toMatchObject(gone)
    await shelf.set('testing', { approvalRequired: false })
    await movePackages(ctx, asker, { ...between, packages: packages.slice(1) })
    await movePackages(ctx, asker, { ...between, from: 'stable', packages: packages.slice(0, 1), copy: true })
    await expect(approveRequest(ctx, approver, { id })).rejects.toThrow(
      'is not what was asked for: hello 1.0 is in testing already, other 2.0 is in testing already.',
    )
    expect(await ctx.db.aptMoveRequest.findUnique({ where: { id } })).toMatchObject({ state: 'waiting' })
  })

  it('is not approved when it has become unclear what was meant', async () => {
    const shelf = await createShelf(ctx, `guarded${++shelves}`)
    const made = (source: string, architecture: string) => related('tool 1.0', { source, architecture })
    await shelf.add('unstable', made('one', 'amd64'))
    await shelf.set('testing', { approvalRequired: true })
    const packages = [{ package: 'tool', version: '1.0' }]
    const asked = { repository: shelf.name, packages, from: 'unstable', to: 'testing' }
    const id = (await movePackages(ctx, asker, asked)).request?.id ?? ''
    await shelf.add('unstable', made('two', 'arm64'))
    await expect(approveRequest(ctx, approver, { id })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Several sources made tool 1.0'),
    })
  })

  it('is decided once, whoever comes together', async () => {
    const shelf = await guardedShelf()
    const id = await waiting(shelf)
    const others = await Promise.all(Array.from({ length: 4 }, () => createActor(ctx, 'maintainer')))
    const settled = await Promise.allSettled([
      ...others.map((one) => approveRequest(ctx, one, { id })),
      declineRequest(ctx, approver, { id }),
    ])
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const { state } = await ctx.db.aptMoveRequest.findUniqueOrThrow({ where: { id } })
    expect(await shelf.has('testing')).toHaveLength(state === 'approved' ? 4 : 0)
  })

  it('expires after seven days, on record', async () => {
    const shelf = await guardedShelf()
    const id = await waiting(shelf)
    const later = { ...ctx, now: () => new Date(Date.now() + 7 * DAY_MS) }
    await expect(approveRequest(later, approver, { id })).rejects.toThrow('This request expired')
    const { items } = await listRequests(ctx, asker, { repository: shelf.name, limit: 10 })
    expect(items.map(({ state }) => state)).toEqual(['expired'])
    expect(await ctx.db.auditEntry.count({ where: { subjectId: id, action: 'apt.request-expire' } })).toBe(1)
    expect((await ask(shelf)).request?.id).not.toBe(id)
  })

  it('does not expire while somebody decides it', async () => {
    const shelf = await guardedShelf()
    const id = await waiting(shelf)
    const later = { ...ctx, now: () => new Date(Date.now() + 7 * DAY_MS) }
    let expiring: Promise<void> | undefined
    await ctx.db.$transaction(async (tx) => {
      await tx.aptMoveRequest.update({ where: { id }, data: { state: 'declined' } })
      expiring = expireRequests(later)
      await expect.poll(() => lockWaiters(ctx)).toBeGreaterThan(0)
    })
    await expiring
    const { state } = await ctx.db.aptMoveRequest.findUniqueOrThrow({ where: { id } })
    expect(state).toBe('declined')
    expect(await ctx.db.auditEntry.count({ where: { subjectId: id, action: 'apt.request-expire' } })).toBe(0)
  })

  it('expires also where nobody looks, by the hour, whatever else fails', async () => {
    const id = await waiting(await guardedShelf())
    const storage = Object.assign(Object.create(ctx.storage), {
      sweep: () => Promise.reject(new Error('the storage is away')),
    })
    await sweepAll({ ...ctx, storage, now: () => new Date(Date.now() + 7 * DAY_MS) })
    const { state } = await ctx.db.aptMoveRequest.findUniqueOrThrow({ where: { id } })
    expect(state).toBe('expired')
    expect(await ctx.db.auditEntry.count({ where: { subjectId: id, action: 'apt.request-expire' } })).toBe(1)
  })

  it('expires at a start, when nothing was running in time', async () => {
    const id = await waiting(await guardedShelf())
    const notices = await listen(ctx.pool, ctx.log)
    onTestFinished(() => notices.close())
    const jobs = await startJobs({ ...ctx, now: () => new Date(Date.now() + 7 * DAY_MS) }, notices)
    onTestFinished(() => jobs.stop())
    const stateOf = async () => (await ctx.db.aptMoveRequest.findUnique({ where: { id } }))?.state
    await expect.poll(stateOf).toBe('expired')
  })

  it('is declined by an approver, and withdrawn by who asked alone', async () => {
    const shelf = await guardedShelf()
    const first = await waiting(shelf)
    const declined = await declineRequest(ctx, approver, { id: first, reason: 'not now' })
    expect(declined).toMatchObject({ state: 'declined', decision: 'not now', moveId: null })
    const second = await waiting(shelf)
    await expect(withdrawRequest(ctx, approver, { id: second })).rejects.toMatchObject({ code: 'forbidden' })
    expect((await withdrawRequest(ctx, asker, { id: second, dryRun: true })).state).toBe('withdrawn')
    expect((await withdrawRequest(ctx, asker, { id: second })).state).toBe('withdrawn')
    await expect(approveRequest(ctx, approver, { id: second })).rejects.toThrow(
      'has withdrawn this request already',
    )
    expect(await shelf.has('testing')).toEqual([])
  })

  it('can be approved for rehearsal', async () => {
    const shelf = await guardedShelf()
    const id = await waiting(shelf)
    expect((await approveRequest(ctx, approver, { id, dryRun: true })).state).toBe('approved')
    expect(await shelf.has('testing')).toEqual([])
    expect((await approveRequest(ctx, approver, { id })).state).toBe('approved')
  })
})
