import { describe, expect, it } from 'vitest'
import { ensureFirstAdministrator } from '@/server/auth/first-administrator'
import { identifyToken } from '@/server/auth/identify'
import { signInWithPassword } from '@/server/auth/sign-in'
import { openTestContext } from '@/test/support/context'

describe('the first administrator', () => {
  it('is made once, however many processes start, and can sign in with what was printed', async () => {
    const ctx = await openTestContext({ ENTREPOT_ADMIN_EMAIL: 'Root@example.org' })
    const made = await Promise.all(Array.from({ length: 4 }, () => ensureFirstAdministrator(ctx)))
    const [first, ...others] = made.filter((one) => one !== undefined)
    expect(others).toEqual([])
    expect(first?.email).toBe('root@example.org')
    const person = await signInWithPassword(ctx, {
      email: 'root@example.org',
      password: first?.password as string,
      address: '192.0.2.1',
    })
    const actor = await identifyToken(ctx, `Bearer ${first?.token}`)
    expect(actor).toMatchObject({
      userId: person.id,
      role: 'administrator',
      teams: [{ slug: 'platform', name: 'Platform' }],
      scopes: ['read', 'declare', 'push', 'move', 'proxy', 'manage', 'administer'],
    })
    expect(await ctx.db.apiToken.findMany()).toMatchObject([{ teamId: null, expiresAt: null }])
    expect(await ensureFirstAdministrator(ctx)).toBeUndefined()
    expect(await ctx.db.user.count()).toBe(1)
  })

  it('takes what the operator chose, and does not repeat it', async () => {
    const token = 'ent_chosen-by-the-operator-0123456789'
    const ctx = await openTestContext({
      ENTREPOT_ADMIN_PASSWORD: 'chosen-password',
      ENTREPOT_ADMIN_TOKEN: token,
    })
    expect(await ensureFirstAdministrator(ctx)).toEqual({ email: 'admin@example.org' })
    const attempt = { email: 'admin@example.org', password: 'chosen-password', address: '192.0.2.1' }
    expect(await signInWithPassword(ctx, attempt)).toMatchObject({ name: 'Administrator' })
    expect(await identifyToken(ctx, `Bearer ${token}`)).toMatchObject({ role: 'administrator' })
  })
})
