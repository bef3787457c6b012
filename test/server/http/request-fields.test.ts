import { expect, it } from 'vitest'
import { ambiguityOf, readFields } from '@/server/http/request-fields'

it('reads the fields that matter, however they are spelled', () => {
  expect(readFields(['HOST', 'a', 'x-other', 'b', 'If-None-Match', '"c"', ':authority', 'd'])).toEqual({
    host: 'a',
    ifNoneMatch: '"c"',
    authority: 'd',
  })
})

it('joins what is sent twice', () => {
  expect(readFields(['accept', 'a/b', 'Accept', 'c/d', 'Host', 'one', 'host', 'two'])).toEqual({
    accept: 'a/b, c/d',
    host: 'one, two',
  })
})

it('reads nothing out of nothing, and stops at half a pair', () => {
  expect(readFields([])).toEqual({})
  expect(readFields(['range'])).toEqual({})
})

it.each([
  [{}, true],
  [{ host: 'a' }, true],
  [{ host: 'a', transferEncoding: 'Chunked' }, true],
  [{ host: 'a, b' }, false],
  [{ transferEncoding: 'gzip, chunked' }, false],
  [{ transferEncoding: 'chunked, chunked' }, false],
  [{ transferEncoding: 'xchunked' }, false],
])('%j can be read in one way only: %s', (fields, plain) => {
  expect(ambiguityOf(fields) === undefined).toBe(plain)
})
