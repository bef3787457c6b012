import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRepositoryName, isTag } from '@/server/oci/name'

describe('the name of a repository', () => {
  it.each([
    'a',
    '0',
    'ubuntu',
    'sys/admin/images/ubuntu',
    'a.b',
    'a_b',
    'a__b',
    'a-b',
    'a---b',
    'manifests',
    'blobs/uploads',
    'tags/list/manifests',
    'mirror/registry.example.org__5000/a',
    'a'.repeat(255),
  ])('is %s', (text) => {
    expect(isRepositoryName(text)).toBe(true)
  })

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    'A',
    'a/B',
    'a..b',
    'a._b',
    'a___b',
    '_a',
    'a_',
    '-a',
    'a-',
    '.a',
    'a.',
    'a/../b',
    'a/./b',
    'a b',
    'a:b',
    'a@b',
    'a%2fb',
    'é',
    'a\n',
    'a\0',
    'a'.repeat(256),
  ])('is not %j', (text) => {
    expect(isRepositoryName(text)).toBe(false)
  })

  it('is told in time that does not grow with what nearly is one', () => {
    const nearly = `${'a'.repeat(200)}-`.repeat(40)
    expect(isRepositoryName(nearly)).toBe(false)
    expect(isRepositoryName(`${'a-'.repeat(127)}!`)).toBe(false)
  })

  it('can stand in a path and in a key of a storage', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab0._-/A%') }), (text) => {
        if (!isRepositoryName(text)) return
        expect(encodeURI(text)).toBe(text)
        expect(text.split('/').some((part) => part === '' || part === '.' || part === '..')).toBe(false)
      }),
    )
  })
})

describe('a tag', () => {
  it.each(['latest', '1', '_', '1.0-rc_2', 'A', `sha256-${'a'.repeat(64)}`, 'a'.repeat(128)])(
    'is %s',
    (text) => {
      expect(isTag(text)).toBe(true)
    },
  )

  it.each(['', '.', '.a', '-a', 'a/b', 'a:b', 'a b', 'a\n', 'a\r\nb', 'é', 'a'.repeat(129)])(
    'is not %j',
    (text) => {
      expect(isTag(text)).toBe(false)
    },
  )
})
