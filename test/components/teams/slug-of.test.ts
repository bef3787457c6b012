import fc from 'fast-check'
import { expect, it } from 'vitest'
import { slugOf } from '@/components/teams/slug-of'
import { slug } from '@/server/auth/schema'

it.each([
  ['Search & Data', 'search-data'],
  ['  Équipe Été  ', 'equipe-ete'],
  ['C++ / Rust', 'c-rust'],
  ['!!!', ''],
])('%s', (name, expected) => {
  expect(slugOf(name)).toBe(expected)
})

it('suggests a slug that the server takes, or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
      const suggested = slugOf(name)
      return suggested === '' || slug.safeParse(suggested).success
    }),
  )
})
