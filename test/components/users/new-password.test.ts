import { expect, it } from 'vitest'
import { newPassword } from '@/components/users/new-password'
import { password } from '@/server/auth/schema'

it('is taken by the server, easy to read out, and another one each time', () => {
  const made = Array.from({ length: 200 }, newPassword)
  for (const one of made) {
    expect(one).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/)
    expect(password.safeParse(one).success).toBe(true)
  }
  expect(new Set(made).size).toBe(made.length)
})

it('uses every letter about equally often', () => {
  const counts = new Map<string, number>()
  for (let index = 0; index < 2000; index++) {
    for (const letter of newPassword().replaceAll('-', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  }
  const expected = (2000 * 20) / 31
  expect(counts.size).toBe(31)
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.25)
})
