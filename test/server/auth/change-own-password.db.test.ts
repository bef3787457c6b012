import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { changeOwnPassword } from '@/server/auth/change-own-password'
import { hashPassword } from '@/server/auth/passwords'
import type { Actor } from '@/server/auth/permissions'
import { signInWithPassword } from '@/server/auth/sign-in'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const CURRENT = 'correct horse battery'
const NEXT = 'staple horse battery'
const passwordHash = await hashPassword(CURRENT)
let actor: Actor
let email: string

const account = () => ctx.db.user.findUniqueOrThrow({ where: { email } })
const signIn = (password: string) => signInWithPassword(ctx, { email, password, address: '192.0.2.1' })

beforeEach(async () => {
  email = `${randomUUID()}@example.org`
  const { id } = await ctx.db.user.create({ data: { email, name: 'Ada', passwordHash } })
  actor = { kind: 'user', id, userId: id, name: 'Ada', role: 'viewer', teams: [], scopes: 'all' }
})

describe('one’s own password', () => {
  it('changes with the present one, and ends all sessions', async () => {
    const me = await changeOwnPassword(ctx, actor, { current: CURRENT, password: NEXT })
    expect(me).toMatchObject({ kind: 'user', email })
    expect((await account()).sessionVersion).toBe(2)
    await expect(signIn(CURRENT)).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(signIn(NEXT)).resolves.toMatchObject({ email })
    const entries = await ctx.db.auditEntry.findMany({
      where: { subjectId: actor.id, action: 'user.change-password' },
    })
    expect(entries).toMatchObject([{ actorId: actor.id, details: {} }])
  })

  it('stays as it is after a dry run', async () => {
    await changeOwnPassword(ctx, actor, { current: CURRENT, password: NEXT, dryRun: true })
    expect(await account()).toMatchObject({ sessionVersion: 1, failedSignIns: 0 })
    await expect(signIn(CURRENT)).resolves.toMatchObject({ email })
  })

  it('cannot be guessed at through a stolen session', async () => {
    const guess = () => changeOwnPassword(ctx, actor, { current: 'wrong', password: NEXT })
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(guess()).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'current' }] })
    }
    await expect(guess()).rejects.toMatchObject({ code: 'rate_limited' })
    await expect(signIn(CURRENT)).rejects.toMatchObject({ code: 'rate_limited' })
  })

  it('is not for tokens, nor for people without one', async () => {
    const input = { current: CURRENT, password: NEXT }
    await expect(changeOwnPassword(ctx, { ...actor, kind: 'token' }, input)).rejects.toMatchObject({
      code: 'forbidden',
    })
    await ctx.db.user.update({ where: { email }, data: { passwordHash: null } })
    await expect(changeOwnPassword(ctx, actor, input)).rejects.toMatchObject({ code: 'conflict' })
  })
})
