import { describe, expect, it } from 'vitest'
import { judgePreconditions, rangeApplies } from '@/server/http/conditional'
import type { RequestFields } from '@/server/http/request-fields'

const modified = 'Sun, 06 Nov 1994 08:49:37 GMT'
const before = 'Sun, 06 Nov 1994 08:49:36 GMT'
const after = 'Sun, 06 Nov 1994 08:49:38 GMT'
const validators = { entityTag: '"a"', modifiedAt: 784_111_777 }

describe('preconditions, in the order of RFC 9110 §13.2.2', () => {
  const table: [RequestFields, string][] = [
    [{}, 'holds'],
    [{ ifMatch: '"a"' }, 'holds'],
    [{ ifMatch: '*' }, 'holds'],
    [{ ifMatch: '"b"' }, 'failed'],
    [{ ifMatch: 'W/"a"' }, 'failed'],
    [{ ifMatch: 'nonsense' }, 'failed'],
    [{ ifUnmodifiedSince: modified }, 'holds'],
    [{ ifUnmodifiedSince: after }, 'holds'],
    [{ ifUnmodifiedSince: before }, 'failed'],
    [{ ifUnmodifiedSince: 'nonsense' }, 'holds'],
    [{ ifMatch: '"a"', ifUnmodifiedSince: before }, 'holds'],
    [{ ifNoneMatch: '"a"' }, 'not_modified'],
    [{ ifNoneMatch: 'W/"a"' }, 'not_modified'],
    [{ ifNoneMatch: '"x", "a"' }, 'not_modified'],
    [{ ifNoneMatch: '*' }, 'not_modified'],
    [{ ifNoneMatch: '"b"' }, 'holds'],
    [{ ifModifiedSince: modified }, 'not_modified'],
    [{ ifModifiedSince: after }, 'not_modified'],
    [{ ifModifiedSince: before }, 'holds'],
    [{ ifModifiedSince: 'nonsense' }, 'holds'],
    [{ ifNoneMatch: '"b"', ifModifiedSince: after }, 'holds'],
    [{ ifMatch: '"b"', ifNoneMatch: '"a"' }, 'failed'],
    [{ ifMatch: '"a"', ifNoneMatch: '"a"' }, 'not_modified'],
    [{ ifUnmodifiedSince: before, ifNoneMatch: '"a"' }, 'failed'],
  ]
  it.each(table)('%j: %s', (fields, verdict) => {
    expect(judgePreconditions(fields, validators)).toBe(verdict)
  })
})

describe('a weak validator', () => {
  const weak = { ...validators, isWeak: true }

  it.each<[RequestFields, string]>([
    [{ ifMatch: '"a"' }, 'failed'],
    [{ ifMatch: 'W/"a"' }, 'failed'],
    [{ ifMatch: '*' }, 'holds'],
    [{ ifNoneMatch: 'W/"a"' }, 'not_modified'],
    [{ ifNoneMatch: '"a"' }, 'not_modified'],
    [{ ifNoneMatch: 'W/"b"' }, 'holds'],
  ])('%j: %s', (fields, verdict) => {
    expect(judgePreconditions(fields, weak)).toBe(verdict)
  })

  it('lets a range count by the date alone', () => {
    expect(['"a"', 'W/"a"', modified].map((ifRange) => rangeApplies({ ifRange }, weak))).toEqual([
      ...[false, false, true],
    ])
  })
})

describe('If-Range', () => {
  it.each([
    [undefined, true],
    ['"a"', true],
    ['"b"', false],
    ['W/"a"', false],
    [modified, true],
    [before, false],
    [after, false],
    ['nonsense', false],
  ])('%j lets the range count: %s', (ifRange, applies) => {
    expect(rangeApplies(ifRange === undefined ? {} : { ifRange }, validators)).toBe(applies)
  })
})
