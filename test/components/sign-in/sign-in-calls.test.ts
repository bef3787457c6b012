import { describe, expect, it } from 'vitest'
import { safeNext } from '@/components/sign-in/sign-in-calls'

describe('where to go after signing in', () => {
  it.each(['/', '/files?q=a', '/tasks/1#log'])('goes on to %s', (next) => expect(safeNext(next)).toBe(next))

  it.each([
    undefined,
    '',
    'files',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
  ])('goes to the start instead of %s', (next) => expect(safeNext(next)).toBe('/'))
})
