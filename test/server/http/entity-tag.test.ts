import fc from 'fast-check'
import { expect, it } from 'vitest'
import { entityTagOf, namesEntityTag } from '@/server/http/entity-tag'

const tag = '"abc"'

it.each([
  ['"abc"', true, true],
  ['*', true, true],
  [' * ', true, true],
  ['"x", "abc"', true, true],
  ['"x","abc","y"', true, true],
  [', "abc" ,', true, true],
  ['W/"abc"', false, true],
  ['W/"abc", "abc"', true, true],
  ['"x"', false, false],
  ['', false, false],
  ['abc', false, false],
  ['w/"abc"', false, false],
  ['"abc', false, false],
  ['"abc" "x"', false, false],
  ['"a,b", "abc"', true, true],
  ['"abc", nonsense', false, false],
  ['"a"bc"', false, false],
])('in %j it is named strongly: %s, weakly: %s', (list, strongly, weakly) => {
  expect(namesEntityTag(list, tag, 'strong')).toBe(strongly)
  expect(namesEntityTag(list, tag, 'weak')).toBe(weakly)
})

it('is found in any list that holds it', () => {
  const opaque = fc.stringMatching(/^[!#-~]{0,12}$/)
  fc.assert(
    fc.property(fc.array(opaque, { maxLength: 6 }), fc.nat(6), (others, at) => {
      const list = others.map((each) => `"${each}x"`)
      list.splice(at, 0, '"wanted"')
      expect(namesEntityTag(list.join(', '), '"wanted"', 'strong')).toBe(true)
    }),
  )
})

it('ends for any text', () => {
  fc.assert(fc.property(fc.string(), (list) => typeof namesEntityTag(list, tag, 'weak') === 'boolean'))
})

it('is the digest of the content', () => {
  expect(entityTagOf('sha256', '00ff')).toBe('"sha256:00ff"')
})
