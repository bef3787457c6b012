import { expect, it } from 'vitest'
import { standingOf } from '@/components/tokens/standing'
import type { Token } from '@/server/auth/schema'

const now = new Date('2026-01-01T00:00:00Z')
const token: Token = {
  id: '01890000-0000-7000-8000-000000000000',
  name: 'build',
  prefix: 'ent_abcd',
  owner: { id: '01890000-0000-7000-8000-000000000001', name: 'Ada' },
  team: null,
  scopes: ['read'],
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
  createdAt: '2025-01-01T00:00:00Z',
}

it.each([
  [{}, 'active'],
  [{ expiresAt: '2026-01-08T00:00:00Z' }, 'active'],
  [{ expiresAt: '2026-01-07T23:59:59Z' }, 'expiring'],
  [{ expiresAt: '2026-01-01T00:00:00Z' }, 'expired'],
  [{ expiresAt: '2026-06-01T00:00:00Z', revokedAt: '2025-12-01T00:00:00Z' }, 'revoked'],
])('%j is %s', (facts, expected) => {
  expect(standingOf({ ...token, ...facts }, now)).toBe(expected)
})
