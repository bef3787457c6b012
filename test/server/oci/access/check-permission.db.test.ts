import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Actor } from '@/server/auth/permissions'
import { addRule } from '@/server/oci/access/add-rule'
import { checkPermission } from '@/server/oci/access/check-permission'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const cluster = 'default'
const path = 'sys/admin'
const platform = await createTeam(ctx, 'platform')
const administrator = await createActor(ctx, 'administrator')
const member = await createActor(ctx, 'member', [platform])
const keeper = await createActor(ctx, 'member')
const rule = { cluster, path, inherited: true } as const
await addRule(ctx, administrator, {
  ...rule,
  subject: 'team',
  team: 'platform',
  permissions: ['write'],
  effect: 'allow',
})
await addRule(ctx, administrator, {
  ...rule,
  subject: 'user',
  user: String(keeper.id),
  permissions: ['administer'],
  effect: 'allow',
})

describe('“why may I not push?”', () => {
  it('is answered with the rule that decides', async () => {
    const asked = { cluster, path: 'sys/admin/images/ubuntu', permission: 'write' as const }
    expect(await checkPermission(ctx, member, asked)).toMatchObject({
      allowed: true,
      reason: '//sys/admin allows write to the team platform.',
      rule: { node: 'sys/admin', subject: 'team', team: { slug: 'platform' } },
      judgedAt: 'sys/admin',
    })
    const other = await createActor(ctx, 'member')
    expect(await checkPermission(ctx, other, asked)).toEqual({
      allowed: false,
      reason: 'No rule of //sys/admin or above it allows write.',
      rule: null,
      judgedAt: 'sys/admin',
    })
  })

  it('is about the token with which it is asked', async () => {
    const token: Actor = { ...member, kind: 'token', scopes: ['read'] }
    expect(
      await checkPermission(ctx, token, { cluster, path, permission: 'write', user: String(member.id) }),
    ).toMatchObject({
      allowed: false,
      reason: 'This token lacks the scope “push”.',
    })
  })
})

describe('what others may', () => {
  const about = { cluster, path, permission: 'write' as const }

  it('is told to who administers the node', async () => {
    for (const actor of [keeper, administrator]) {
      expect(await checkPermission(ctx, actor, { ...about, user: String(member.id) })).toMatchObject({
        allowed: true,
      })
      expect(await checkPermission(ctx, actor, { ...about, team: 'platform' })).toMatchObject({
        allowed: true,
      })
      expect(
        await checkPermission(ctx, actor, { ...about, permission: 'remove', team: 'platform' }),
      ).toMatchObject({
        allowed: false,
      })
    }
  })

  it('is told to nobody else', async () => {
    for (const question of [{ user: String(keeper.id) }, { team: 'platform' }]) {
      await expect(checkPermission(ctx, member, { ...about, ...question })).rejects.toMatchObject({
        code: 'forbidden',
      })
    }
  })

  it('is nothing when they are not there', async () => {
    await expect(checkPermission(ctx, keeper, { ...about, team: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(checkPermission(ctx, keeper, { ...about, user: randomUUID() })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
