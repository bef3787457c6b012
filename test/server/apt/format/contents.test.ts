import { describe, expect, it } from 'vitest'
import { formatContentsLines } from '@/server/apt/format/contents'

describe('the lines of Contents', () => {
  it('name the section and the package of each path', () => {
    expect(
      formatContentsLines({ name: 'hello', section: 'devel', paths: ['usr/bin/hello', 'usr/share/a b'] }),
    ).toBe('usr/bin/hello\tdevel/hello\nusr/share/a b\tdevel/hello\n')
  })

  it('do without a section that is not there, and may be none', () => {
    expect(formatContentsLines({ name: 'hello', section: null, paths: ['a'] })).toBe('a\thello\n')
    expect(formatContentsLines({ name: 'hello', section: 'x', paths: [] })).toBe('')
  })

  it('do without a section that is no word, and are bounded', () => {
    for (const section of ['two words', 'x'.repeat(201), 'a\tb']) {
      expect(formatContentsLines({ name: 'hello', section, paths: ['a'] })).toBe('a\thello\n')
    }
    const paths = Array.from({ length: 70 }, () => 'x'.repeat(1024 * 1024))
    expect(() => formatContentsLines({ name: 'hello', paths })).toThrow('more than 67108864 characters')
  })

  it('stay one line for each path, whatever is in it', () => {
    expect(formatContentsLines({ name: 'hello', paths: ['a\nb\tc', 'ü\x7f'] })).toBe(
      'a\\012b\\011c\thello\nü\\177\thello\n',
    )
  })
})
