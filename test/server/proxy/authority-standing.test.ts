import { expect, it } from 'vitest'
import { type AuthorityTimes, standings } from '@/server/proxy/authority-standing'

const now = new Date('2026-06-01T00:00:00Z')
const authority = (id: string, signsFrom: string, change: Partial<AuthorityTimes> = {}): AuthorityTimes => ({
  id,
  signsFrom: new Date(signsFrom),
  notAfter: new Date('2036-01-01'),
  retiredAt: null,
  ...change,
})
const stand = (...authorities: AuthorityTimes[]) => Object.fromEntries(standings(authorities, now))

it.each([
  ['one alone signs', [authority('a', '2026-01-01')], { a: 'signing' }],
  [
    'the latest whose turn has come signs',
    [authority('a', '2026-01-01'), authority('b', '2026-05-01'), authority('c', '2026-07-01')],
    { a: 'previous', b: 'signing', c: 'next' },
  ],
  [
    'a turn begins at its very moment',
    [authority('a', '2026-01-01'), authority('b', '2026-06-01T00:00:00Z')],
    { a: 'previous', b: 'signing' },
  ],
  [
    'of two with the same turn the younger signs',
    [authority('b', '2026-01-01'), authority('a', '2026-01-01')],
    { a: 'previous', b: 'signing' },
  ],
  [
    'a retired one does nothing, and the one before it signs again',
    [authority('a', '2026-01-01'), authority('b', '2026-05-01', { retiredAt: now })],
    { a: 'signing', b: 'retired' },
  ],
  [
    'an expired one does nothing',
    [authority('a', '2026-01-01'), authority('b', '2026-05-01', { notAfter: now })],
    { a: 'signing', b: 'retired' },
  ],
  ['none signs before its turn', [authority('a', '2026-07-01')], { a: 'next' }],
  ['none is fine', [], {}],
])('%s', (_title, authorities, expected) => {
  expect(stand(...authorities)).toEqual(expected)
})
