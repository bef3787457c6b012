import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromYtJson, toYtJson } from '@/server/yt/yt-json'

it('writes each byte of UTF-8 as a character, in ASCII', () => {
  expect(toYtJson({ path: '//ü' })).toBe('{"path":"//\\u00c3\\u00bc"}')
})

it('reads what it writes', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
      const written = toYtJson(texts)
      expect(written).toMatch(/^[ -~]*$/)
      expect(fromYtJson(written)).toEqual(texts)
    }),
  )
})
