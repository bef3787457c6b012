import { describe, expect, it } from 'vitest'
import { hashPassword, readablePassword, verifyPassword } from '@/server/auth/passwords'

describe('passwords', () => {
  it('are kept as argon2id with OWASP’s cost', async () => {
    expect(await hashPassword('correct horse')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('are recognised however the keyboard composes them', async () => {
    const stored = await hashPassword('Gru\u0308ße-an-alle')
    expect(await verifyPassword('Gr\u00fcße-an-alle', stored)).toBe(true)
    expect(await verifyPassword('Grusse-an-alle', stored)).toBe(false)
  })

  it('never match where there is none', async () => {
    expect(await verifyPassword('anything', null)).toBe(false)
  })

  it('do not pile up without bound', async () => {
    const checks = await Promise.allSettled(Array.from({ length: 40 }, () => verifyPassword('x', null)))
    const refused = checks.filter((check) => check.status === 'rejected')
    expect(refused).toHaveLength(8)
    expect(refused[0]?.reason).toMatchObject({ code: 'rate_limited', retryAfter: 1 })
    expect(await verifyPassword('x', null)).toBe(false)
  })
})

describe('readablePassword', () => {
  it('can be read out', () => {
    const seen = new Set(Array.from({ length: 50 }, readablePassword))
    expect(seen.size).toBe(50)
    for (const password of seen) expect(password).toMatch(/^[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}$/)
  })
})
