import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isArchitecture, isFileName, isPackageName } from '@/server/apt/format/names'

describe('the name of a package', () => {
  it.each(['a0', '0ad', 'libc6', 'g++', 'libstdc++6', 'python3.11', 'a'.repeat(200)])('is %s', (text) => {
    expect(isPackageName(text)).toBe(true)
  })

  it.each([
    '',
    'a',
    'A0',
    'libC',
    '-a',
    '+a',
    '.a',
    'a_b',
    'a b',
    'a/b',
    'a\n',
    'a\0',
    'é0',
    'a'.repeat(201),
  ])('is not %j', (text) => {
    expect(isPackageName(text)).toBe(false)
  })
})

describe('an architecture', () => {
  it.each(['amd64', 'all', 'source', 'hurd-i386', 'kfreebsd-amd64'])('is %s', (text) => {
    expect(isArchitecture(text)).toBe(true)
  })

  it.each(['', 'AMD64', '-a', 'a b', 'a/b', '../a', 'a.b', 'a\n', 'a'.repeat(51)])('is not %j', (text) => {
    expect(isArchitecture(text)).toBe(false)
  })
})

describe('the name of a file', () => {
  it.each([
    'hello_1.0-1_amd64.deb',
    'hello_1.0~rc1+dfsg-1.debian.tar.xz',
    'hello_2.10-3_source.changes',
    'Hello.orig.tar.gz',
  ])('is %s', (text) => {
    expect(isFileName(text)).toBe(true)
  })

  it.each([
    '',
    '.',
    '..',
    '.hidden',
    '../a',
    'a/b',
    'a\\b',
    'a b',
    'a\n',
    'a\0b',
    'a%2fb',
    'a?b',
    'a#b',
    '-rf',
    'é.deb',
    'a'.repeat(201),
  ])('is not %j', (text) => {
    expect(isFileName(text)).toBe(false)
  })

  it('is the same in a URL, and never a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab0.._-/\\%~+:@=, ?#\n') }), (text) => {
        if (!isFileName(text)) return
        expect(new URL(`http://h/${text}`).pathname).toBe(`/${text}`)
        expect(text).not.toMatch(/[/\s]|^\./)
      }),
    )
  })
})
