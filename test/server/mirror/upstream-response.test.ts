import { describe, expect, it } from 'vitest'
import {
  contentLength,
  continues,
  foreignCoding,
  parseHttpDate,
  readRepresentation,
  retryAfterSeconds,
} from '@/server/mirror/upstream-response'

const now = new Date('2026-11-21T03:00:00Z')

describe('what an answer says of its file', () => {
  it('is read from its header fields', () => {
    const headers = {
      'content-length': '1234',
      'content-type': 'application/gzip',
      'content-disposition': 'attachment; filename="v1.tar.gz"',
      etag: '"abc"',
      'last-modified': 'Sat, 21 Nov 2026 02:00:00 GMT',
    }
    expect(readRepresentation(headers)).toEqual({
      size: 1234,
      contentType: 'application/gzip',
      contentDisposition: 'attachment; filename="v1.tar.gz"',
      etag: '"abc"',
      modifiedAt: new Date('2026-11-21T02:00:00Z'),
      validator: '"abc"',
    })
  })

  it('may be nothing', () => {
    expect(readRepresentation({})).toEqual({
      size: null,
      contentType: null,
      contentDisposition: null,
      etag: null,
      modifiedAt: null,
      validator: null,
    })
  })

  it('leaves out values of absurd length', () => {
    expect(readRepresentation({ 'content-type': 'x'.repeat(1001) }).contentType).toBeNull()
  })

  it.each([
    [{ 'content-length': '0' }, 0],
    [{ 'content-length': ['5', '5'] }, 5],
    [{ 'content-length': '5', 'transfer-encoding': 'chunked' }, null],
    [{ 'content-length': '-5' }, null],
    [{ 'content-length': '0x5' }, null],
    [{ 'content-length': '99999999999999999999' }, null],
  ])('the length of %j is %s', (headers, expected) => {
    expect(contentLength(headers)).toBe(expected)
  })

  const [modified, later] = ['Sat, 21 Nov 2026 02:00:00 GMT', 'Sat, 21 Nov 2026 02:00:01 GMT']
  it.each([
    ['a strong tag', { etag: '"a"' }, '"a"'],
    ['a weak tag', { etag: 'W/"a"' }, null],
    ['a weak tag beside a date', { etag: 'W/"a"', 'last-modified': modified, date: later }, null],
    ['a malformed tag', { etag: 'abc' }, null],
    ['a date that is older than the answer', { 'last-modified': modified, date: later }, modified],
    ['a date of the same second', { 'last-modified': modified, date: modified }, null],
    ['a date in an answer without one', { 'last-modified': modified }, null],
    ['a server that takes no ranges', { etag: '"a"', 'accept-ranges': 'none' }, null],
  ])('to go on later, %s serves or not', (_name, headers, expected) => {
    expect(readRepresentation(headers).validator).toBe(expected)
  })
})

describe('a coding between the bytes and the file', () => {
  it.each([
    ['/a.txt', {}, undefined],
    ['/a.txt', { 'content-encoding': 'identity' }, undefined],
    ['/a.txt', { 'content-encoding': 'gzip' }, 'gzip'],
    ['/a.txt?x=.gz', { 'content-encoding': 'gzip' }, 'gzip'],
    ['/a.tar.gz', { 'content-encoding': 'gzip' }, undefined],
    ['/a.tar.GZ?x', { 'content-encoding': 'x-gzip' }, undefined],
    ['/a.tgz', { 'content-encoding': 'GZIP' }, undefined],
    ['/a.tar.gz', { 'content-encoding': 'br' }, 'br'],
    ['/a.tar.gz', { 'content-encoding': 'gzip, br' }, 'gzip, br'],
    ['/a.tar.zst', { 'content-encoding': 'zstd' }, undefined],
    ['/a', { 'content-encoding': 'constructor' }, 'constructor'],
    ['/a', { 'transfer-encoding': 'chunked' }, undefined],
    ['/a', { 'transfer-encoding': 'gzip, chunked' }, 'gzip, chunked'],
  ])('of %s with %j is %s', (path, headers, expected) => {
    expect(foreignCoding(headers, path)).toBe(expected)
  })
})

describe('an answer to a range request', () => {
  const rest = { 'content-range': 'bytes 400-999/1000', 'content-length': '600', etag: '"a"' }
  const broken = { done: 400, total: 1000, etag: '"a"' }
  it.each([
    ['carries the rest', 206, rest, broken, true],
    ['need not repeat the tag', 206, { 'content-range': 'bytes 400-999/1000' }, broken, true],
    ['tells a length that was not known', 206, rest, { ...broken, total: null }, true],
    ['need not know the whole length', 206, { 'content-range': 'bytes 400-999/*' }, broken, true],
    ['is the whole file again', 200, { etag: '"a"' }, broken, false],
    ['says that there is nothing more', 416, { 'content-range': 'bytes */1000' }, broken, false],
    ['is of another version', 206, { ...rest, etag: '"b"' }, broken, false],
    ['is of another size', 206, { ...rest, 'content-range': 'bytes 400-999/1001' }, broken, false],
    ['starts elsewhere', 206, { ...rest, 'content-range': 'bytes 399-999/1000' }, broken, false],
    ['ends too early', 206, { ...rest, 'content-range': 'bytes 400-998/1000' }, broken, false],
    ['has another length than it says', 206, { ...rest, 'content-length': '599' }, broken, false],
    ['says nothing', 206, {}, broken, false],
    ['is of several parts', 206, { 'content-type': 'multipart/byteranges; boundary=x' }, broken, false],
  ])('that %s', (_name, status, headers, interrupted, expected) => {
    expect(continues(status, headers, interrupted)).toBe(expected)
  })
})

describe('Retry-After', () => {
  it.each([
    ['120', 120],
    ['0', 0],
    ['Sat, 21 Nov 2026 03:00:30 GMT', 30],
    ['Sat, 21 Nov 2026 02:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
  ])('%s is %s', (text, expected) => {
    expect(retryAfterSeconds({ 'retry-after': text }, now)).toBe(expected)
  })

  it('may be missing', () => {
    expect(retryAfterSeconds({}, now)).toBeUndefined()
  })
})

describe('dates', () => {
  it.each([
    null,
    '',
    '0',
    'yesterday',
    '2026-11-21',
    'Sat, 99 Nov 2026 03:00:30 GMT',
    'Sat, 21 Nov 2026 03:00:30 +0100',
  ])('%s is none', (text) => {
    expect(parseHttpDate(text)).toBeNull()
  })
})
