import { randomUUID } from 'node:crypto'
import { verify } from '@node-rs/argon2'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { hashPassword } from '@/server/auth/passwords'
import { signInWithPassword } from '@/server/auth/sign-in'
import { openTestContext } from '@/test/support/context'

vi.mock('@node-rs/argon2', { spy: true })

const ctx = await openTestContext()
const PASSWORD = 'correct horse battery'
const passwordHash = await hashPassword(PASSWORD)
const locked = (retryAfter: number) =>
  expect.objectContaining({ code: 'rate_limited', retryAfter, detail: { reason: 'locked' } })
const wrong = expect.objectContaining({ code: 'unauthenticated' })

let now: Date
let email: string
let address: string

const signIn = (password: string, as = email) =>
  signInWithPassword({ ...ctx, now: () => now }, { email: as, password, address })
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
}
const account = () => ctx.db.user.findUniqueOrThrow({ where: { email } })

beforeEach(async () => {
  now = new Date('2027-01-01T00:00:00Z')
  email = `${randomUUID()}@example.org`
  address = `2001:db8:${Math.floor(Math.random() * 65536).toString(16)}:${Math.floor(Math.random() * 65536).toString(16)}::1`
  await ctx.db.user.create({ data: { email, name: 'Ada', passwordHash } })
})

describe('signing in', () => {
  it('works whatever the case of the address, and is on record', async () => {
    const person = await signIn(PASSWORD, ` ${email.toUpperCase()} `)
    expect(person).toMatchObject({ email, name: 'Ada', sessionVersion: 1 })
    expect((await account()).lastSignInAt).toEqual(now)
    const entries = await ctx.db.auditEntry.findMany({ where: { subjectId: person.id } })
    expect(entries).toMatchObject([{ action: 'user.sign-in', actorType: 'user', actorId: person.id }])
  })

  it('is refused alike for a wrong password, an unknown person, a disabled one and one without a password', async () => {
    const refusal = await signIn('wrong').catch((error: Error) => error.message)
    await expect(signIn(PASSWORD, 'nobody@example.org')).rejects.toMatchObject({ message: refusal })
    await ctx.db.user.update({ where: { email }, data: { disabledAt: now } })
    await expect(signIn(PASSWORD)).rejects.toMatchObject({ message: refusal })
    await ctx.db.user.update({ where: { email }, data: { disabledAt: null, passwordHash: null } })
    await expect(signIn(PASSWORD)).rejects.toMatchObject({ message: refusal })
  })

  it('does the work of one password check for people who do not exist', async () => {
    vi.mocked(verify).mockClear()
    await expect(signIn(PASSWORD, `${randomUUID()}@example.org`)).rejects.toEqual(wrong)
    expect(verify).toHaveBeenCalledTimes(1)
    const [stored, given] = vi.mocked(verify).mock.calls[0] ?? []
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(given).toBe(PASSWORD)
  })
})

describe('the lock', () => {
  it('closes after five failures, for longer each time, and opens by itself', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) await expect(signIn('wrong')).rejects.toEqual(wrong)
    await expect(signIn(PASSWORD)).rejects.toEqual(locked(30))
    later(29)
    await expect(signIn(PASSWORD)).rejects.toEqual(locked(1))
    later(1)
    await expect(signIn('wrong')).rejects.toEqual(wrong)
    await expect(signIn(PASSWORD)).rejects.toEqual(locked(60))
    later(60)
    await expect(signIn(PASSWORD)).resolves.toMatchObject({ email })
    expect(await account()).toMatchObject({ failedSignIns: 0, lockedUntil: null })
    const locks = await ctx.db.auditEntry.findMany({
      where: { action: 'user.lock', subjectName: email },
      orderBy: { id: 'asc' },
    })
    expect(locks.map(({ details }) => details)).toEqual([
      { failures: 5, seconds: 30 },
      { failures: 6, seconds: 60 },
    ])
  })

  it('counts guesses made at the same time', async () => {
    const guesses = await Promise.allSettled(Array.from({ length: 12 }, () => signIn('wrong')))
    const codes = guesses.map((guess) => (guess.status === 'rejected' ? guess.reason.code : 'in'))
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(5)
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(7)
    expect((await account()).failedSignIns).toBe(5)
  })

  it('is no clue whether someone exists', async () => {
    const stranger = `${randomUUID()}@example.org`
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(signIn('wrong', stranger)).rejects.toEqual(wrong)
    await expect(signIn('wrong', stranger)).rejects.toEqual(locked(30))
  })
})

describe('the limit of an address', () => {
  it('stops one client that tries many accounts, and no other client', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await expect(signIn('wrong', `${randomUUID()}@example.org`)).rejects.toEqual(wrong)
    }
    await expect(signIn(PASSWORD)).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 300,
      detail: { reason: 'limited' },
    })
    address = '192.0.2.77'
    await expect(signIn(PASSWORD)).resolves.toMatchObject({ email })
  })
})
