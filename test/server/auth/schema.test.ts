import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signInProblem, slug } from '@/server/auth/schema'

describe('signInProblem', () => {
  it.each([
    ['CredentialsSignin', 'The e-mail address or the password is wrong.'],
    ['Locked:30', 'Too many wrong passwords for this account. Try again in 30 seconds.'],
    ['Limited:240', 'Too many failed sign-ins from your address. Try again in 4 minutes.'],
    ['Locked:0', 'Too many wrong passwords for this account.'],
    ['constructor', 'The sign-in did not work. Try again.'],
    ['<b>call 555</b>', 'The sign-in did not work. Try again.'],
  ])('%s', (code, sentence) => expect(signInProblem(code)).toBe(sentence))

  it('has one sentence for all it does not know', () => {
    const unknown = fc.string().map((text) => `~${text}`)
    fc.assert(
      fc.property(unknown, (code) => {
        expect(signInProblem(code)).toBe('The sign-in did not work. Try again.')
      }),
    )
  })
})

describe('slug', () => {
  it.each(['a', 'a-b', '0', 'a'.repeat(64)])('%s', (text) => expect(slug.safeParse(text).success).toBe(true))
  it.each(['', '-a', 'a-', 'A', 'a_b', 'a'.repeat(65), 'a b'])('not “%s”', (text) =>
    expect(slug.safeParse(text).success).toBe(false),
  )
})
