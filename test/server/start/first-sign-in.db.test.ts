import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { verifyPassword } from '@/server/auth/passwords'
import { ensureFirstSignIn } from '@/server/start/first-sign-in'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const path = join(ctx.env.ENTREPOT_DATA, 'first-sign-in')

it('shows what it made until it was shown, and then only whom', async () => {
  // A start that was cut off after it had chosen the secrets, and before the account.
  await writeFile(path, JSON.stringify({ email: 'admin@example.org', password: 'kept-from-before' }))
  const made = await ensureFirstSignIn(ctx)
  expect(made).toMatchObject({ email: 'admin@example.org', password: 'kept-from-before' })
  const user = await ctx.db.user.findFirstOrThrow({ omit: { passwordHash: false } })
  expect(await verifyPassword('kept-from-before', user.passwordHash)).toBe(true)

  expect(await ensureFirstSignIn(ctx)).toMatchObject({ password: 'kept-from-before' })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await made?.shown()
  await expect(readFile(path)).rejects.toThrow('ENOENT')
  const later = await ensureFirstSignIn(ctx)
  expect(later).toMatchObject({ email: 'admin@example.org' })
  expect(later).not.toHaveProperty('password')
})

it('repeats no secret that the operator gave', async () => {
  const given = 'a-password-of-the-operator'
  await ctx.db.user.deleteMany()
  const env = { ...ctx.env, ENTREPOT_ADMIN_PASSWORD: given, ENTREPOT_ADMIN_EMAIL: 'root@example.org' }
  const made = await ensureFirstSignIn({ ...ctx, env })
  expect(made).toMatchObject({ email: 'root@example.org', token: expect.stringMatching(/^ent_/) })
  expect(made).not.toHaveProperty('password')
  expect(await readFile(path, 'utf8')).not.toContain(given)
})
