import { describe, expect, it } from 'vitest'
import { createSecret, openTestApi } from '@/test/support/api'
import { build, createShelf } from '@/test/support/apt-moves'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
const owner = await createActor(ctx, 'maintainer')
const token = await createSecret(ctx, owner, { scopes: ['read', 'move', 'push', 'manage'] })
const shelf = await createShelf(ctx, 'tools')
await shelf.add('unstable', ...build('hello 1.0'))
const asked = { repository: 'tools', from: 'unstable', to: 'testing' }
const packages = [{ package: 'hello', version: '1.0' }]

describe('text that no database keeps', () => {
  it.each([
    ['/apt/moves', { ...asked, packages: [{ package: 'hel\0lo', version: '1.0' }] }],
    ['/apt/moves', { ...asked, packages: [{ package: 'hello', version: '1.0\0' }] }],
    ['/apt/moves', { ...asked, packages, reason: 'because\0' }],
    ['/apt/repositories/tools/removals', { branch: 'unstable', packages, reason: 'because\0' }],
  ])('is refused by POST %s', async (path, json) => {
    const answer = await call(path, { token, json })
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid' }])
  })

  it.each([
    '/apt/moves?q=%00',
    '/apt/moves?repository=tools%00',
    '/search?pkg=%00',
    '/search?pkg=hello&repo=%00',
    '/apt/repositories?q=%00',
    '/apt/repositories/tools/sources?q=%00',
  ])('is refused by GET %s', async (path) => {
    expect((await call(path, { token })).status).toBe(400)
  })
})

describe('the overview', () => {
  it('counts what waits for the approval of who asks, beside what is mirrored', async () => {
    const held = await createShelf(ctx, 'held')
    await held.add('unstable', ...build('world 1.0'))
    await held.set('testing', { approvalRequired: true })
    const wanted = { ...asked, repository: 'held', packages: [{ package: 'world', version: '1.0' }] }
    expect(await (await call('/apt/moves', { token, json: wanted })).json()).toMatchObject({
      outcome: 'waits_for_approval',
    })
    const other = await createActor(ctx, 'maintainer')
    const approver = await createSecret(ctx, other, { scopes: ['read', 'move'] })
    const overview = async (secret: string) => (await call('/overview', { token: secret })).json()
    expect(await overview(approver)).toMatchObject({ waitingApprovals: 1, openMisses: 0, runningTasks: 0 })
    expect(await overview(token)).toMatchObject({ waitingApprovals: 0 })
  })
})

describe('what is looked for in moves', () => {
  it('is taken literally', async () => {
    const moved = await call('/apt/moves', { token, json: { ...asked, packages } })
    expect(moved.status).toBe(200)
    const found = async (q: string) => {
      const answer = await call(`/apt/moves?q=${encodeURIComponent(q)}`, { token })
      const { items = [] } = (await answer.json()) as { items?: unknown[] }
      return [answer.status, items.length]
    }
    expect(await found('hell')).toEqual([200, 1])
    for (const q of ['\\', '%', '_', 'h%o', 'hell_']) expect([q, ...(await found(q))]).toEqual([q, 200, 0])
  })
})
