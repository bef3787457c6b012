import { describe, expect, it } from 'vitest'
import type { FilteredFile } from '@/server/mirror/file-filter'
import { countWords, rarestWords, trigramsOf, wordsOf } from '@/server/mirror/search-words'

const files = [
  'https://one.example.org/zlib/1.2.3/zlib.tar.gz',
  'https://one.example.org/zlib/11.2.31/zlib.tar.gz',
  'https://two.example.org/openssl/3.0/openssl.tar.gz',
].map((text, number): FilteredFile => ({ id: String(number), text, host: '', state: 'stored', uses: [] }))
const counts = countWords({ files })

describe('words', () => {
  it('are runs of three or more letters and digits', () => {
    expect(wordsOf('zlib/1.2.3/zlib-ng_1234')).toEqual(['zlib', '1234'])
  })

  it('are counted in the sample, alone and together', () => {
    expect([counts([]), counts(['zlib']), counts(['zlib', 'one']), counts(['zlib', 'two'])]).toEqual([
      3, 2, 2, 0,
    ])
  })

  it('of a whole text are counted as the trigram index sees them: between their ends anything may stand', () => {
    expect(counts(['1.2.3'])).toBe(2)
    expect(counts(['zlib-1.2'])).toBe(1)
    expect(counts(['org/openssl'])).toBe(1)
  })

  it('come the rarest first', () => {
    expect(rarestWords('example.org/openssl/zlib', counts, 3)).toEqual(['openssl', 'zlib', 'example'])
  })
})

describe('the trigrams of a text', () => {
  it.each([
    ['', 0],
    ['ab', 0],
    ['abc', 1],
    ['kestrel', 5],
    ['a-b', 1],
    ['1.2.3', 3],
    ['kestrel-lantern', 13],
  ])('%j has %i', (text, count) => expect(trigramsOf(text)).toBe(count))
})
