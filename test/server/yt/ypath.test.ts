import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attribute, child, literal, parentOf, tagsNode } from '@/server/yt/ypath'

describe('paths in a cluster', () => {
  it('are made of names', () => {
    expect(child('/', 'sys', 'a.b-c_1')).toBe('//sys/a.b-c_1')
    expect(child('//sys', 'x')).toBe('//sys/x')
    expect(tagsNode('sys/admin/images/ubuntu')).toBe('//sys/admin/images/ubuntu/_tags')
    expect(attribute('//sys/x', 'account')).toBe('//sys/x/@account')
    expect(attribute('/', 'account')).toBe('//@account')
  })

  it.each([
    ['a/b', 'a\\/b'],
    ['a@b', 'a\\@b'],
    ['&*[{\\', '\\&\\*\\[\\{\\\\'],
    ['a]b}c"d', 'a\\x5db\\x7dc\\x22d'],
    ['ü', '\\xc3\\xbc'],
    ['a b\n', 'a\\x20b\\x0a'],
  ])('write the name %j plainly', (name, written) => {
    expect(literal(name)).toBe(written)
  })

  it('go up one step at a time', () => {
    expect(parentOf('//a/b/c')).toBe('//a/b')
    expect(parentOf('//a')).toBe('/')
    expect(parentOf('/')).toBeUndefined()
  })

  it('go up from any name to where it was', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ minLength: 1 }), (one, two) => {
        expect(parentOf(child('/', one, two))).toBe(child('/', one))
        expect(parentOf(child('/', one))).toBe('/')
        expect(literal(one)).toMatch(/^[!-~]+$/)
      }),
    )
  })
})
