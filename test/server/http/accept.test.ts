import fc from 'fast-check'
import { expect, it } from 'vitest'
import { preferredType } from '@/server/http/accept'
import { cpuTimeOf } from '@/test/support/cpu-time'

const offers = ['text/plain', 'text/html', 'application/json'] as const

it.each([
  [undefined, 'text/plain'],
  ['', 'text/plain'],
  ['*/*', 'text/plain'],
  ['text/*', 'text/plain'],
  ['application/*', 'application/json'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
  ['application/json', 'application/json'],
  ['application/json, */*', 'application/json'],
  ['application/json, text/plain, */*', 'application/json'],
  ['text/plain, application/json', 'text/plain'],
  ['text/plain;q=0.5, application/json;q=0.4', 'text/plain'],
  ['text/plain;q=0, */*', 'text/html'],
  ['TEXT/HTML', 'text/html'],
  ['text/html;level=1;q=0.3, application/json;q=0.2', 'text/html'],
  ['text/html; q=0.1 , application/json ; q=0.2', 'application/json'],
  ['image/png', 'text/plain'],
  ['nonsense', 'text/plain'],
  ['text/html;q=2', 'text/html'],
])('%j wants %s', (field, type) => {
  expect(preferredType(field, offers)).toBe(type)
})

it('always chooses one of the offers', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (field) => {
      expect(offers).toContain(preferredType(field, offers))
    }),
  )
})

it('is not slowed down by a field made for it', () => {
  const field = `text/html;${' ;a="b"'.repeat(2000)}${',*/*'.repeat(2000)}`
  expect(cpuTimeOf(() => preferredType(field, offers))).toBeLessThan(500)
})
