import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, bodyLength } from '@/server/http/answer'
import { describeContent, represent } from '@/server/http/represent'
import type { RequestFields } from '@/server/http/request-fields'

const unread = () => Promise.reject(new Error('nothing is read to work out an answer'))
const content = Buffer.from('0123456789')
const sha256 = createHash('sha256').update(content).digest('hex')
const source = { read: unread, feed: unread }
const facts = {
  hex: sha256,
  source,
  size: content.length,
  contentType: 'text/x-digits',
  contentDisposition: 'attachment; filename="digits"',
  modifiedAt: new Date('1994-11-06T08:49:37.500Z'),
}
const representation = describeContent(facts)

const get = (fields: RequestFields = {}, inMemory = true) =>
  represent({ method: 'GET', fields, content: inMemory ? content : undefined }, representation)

function headers(answer: Answer): Record<string, string> {
  const pairs: [string, string][] = []
  for (let at = 0; at < answer.headers.length; at += 2) {
    pairs.push([answer.headers[at]?.toLowerCase() ?? '', answer.headers[at + 1] ?? ''])
  }
  expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length)
  return Object.fromEntries(pairs)
}

describe('the whole', () => {
  it('comes with its validators and digests', () => {
    const answer = get()
    expect(answer).toMatchObject({ status: 200, body: content, reachesEnd: true })
    expect(headers(answer)).toEqual({
      'content-type': 'text/x-digits',
      'content-length': '10',
      etag: `"sha256:${sha256}"`,
      'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT',
      'accept-ranges': 'bytes',
      'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
      digest: `sha-256=${Buffer.from(sha256, 'hex').toString('base64')}`,
      'content-disposition': 'attachment; filename="digits"',
    })
  })

  it('is a slice of the blob when it is not in memory', () => {
    expect(get({}, false).body).toEqual([{ source, range: { start: 0, end: 9 } }])
  })

  it('says the same to HEAD, without a body', () => {
    const answer = represent({ method: 'HEAD', fields: { range: 'bytes=0-1' } }, representation)
    expect(answer).toEqual({ status: 200, headers: get().headers })
  })

  it('has a plain type and no disposition when the upstream gave none', () => {
    const plain = describeContent({ ...facts, contentType: null, contentDisposition: null })
    const answer = headers(represent({ method: 'GET', fields: {}, content }, plain))
    expect(answer['content-type']).toBe('application/octet-stream')
    expect(answer).not.toHaveProperty('content-disposition')
  })

  it.each(['a\r\nSet-Cookie: b', 'a\nb', 'a\0b', '', ' ', '\u2028', 'a '])(
    'never repeats what would break its own header: %j',
    (value) => {
      const odd = describeContent({ ...facts, contentType: value, contentDisposition: value })
      expect(odd.wholeHeaders.join()).not.toMatch(/[\r\n\0]/)
      expect(odd.contentType).toBe('application/octet-stream')
    },
  )

  it('of nothing is complete', () => {
    const empty = describeContent({ ...facts, size: 0 })
    const answer = represent({ method: 'GET', fields: {}, content: Buffer.alloc(0) }, empty)
    expect(answer).toMatchObject({ status: 200, reachesEnd: true })
  })
})

describe('preconditions', () => {
  it('that find it unchanged get its validators and no content', () => {
    const answer = get({ ifNoneMatch: `"sha256:${sha256}"` })
    expect(answer.status).toBe(304)
    expect(answer.body).toBeUndefined()
    expect(Object.keys(headers(answer))).toEqual(['etag', 'last-modified'])
  })

  it('that fail are answered 412, before any range', () => {
    expect(get({ ifMatch: '"other"', range: 'bytes=0-1' })).toMatchObject({ status: 412 })
  })
})

describe('ranges', () => {
  it('of one part come as that part', () => {
    const answer = get({ range: 'bytes=2-4' })
    expect(answer).toMatchObject({ status: 206, body: Buffer.from('234'), reachesEnd: false })
    expect(headers(answer)).toMatchObject({
      'content-range': 'bytes 2-4/10',
      'content-length': '3',
      'content-type': 'text/x-digits',
    })
    expect(get({ range: 'bytes=-1' }).reachesEnd).toBe(true)
  })

  it('of several parts come as multipart/byteranges', () => {
    const answer = get({ range: 'bytes=0-1,8-9' })
    const { 'content-type': type = '', 'content-length': length } = headers(answer)
    const boundary = /^multipart\/byteranges; boundary=([0-9a-f]{36})$/.exec(type)?.[1]
    const body = Buffer.concat(answer.body as Buffer[])
    expect(body.toString()).toBe(
      `\r\n--${boundary}\r\nContent-Type: text/x-digits\r\nContent-Range: bytes 0-1/10\r\n\r\n01` +
        `\r\n--${boundary}\r\nContent-Type: text/x-digits\r\nContent-Range: bytes 8-9/10\r\n\r\n89` +
        `\r\n--${boundary}--\r\n`,
    )
    expect(Number(length)).toBe(body.length)
    expect(answer.reachesEnd).toBe(true)
  })

  it('that do not exist are answered 416 with the size', () => {
    const answer = get({ range: 'bytes=10-' })
    expect(answer.status).toBe(416)
    expect(headers(answer)).toMatchObject({ 'content-range': 'bytes */10', 'content-length': '0' })
  })

  it('count only for the content that If-Range names', () => {
    expect(get({ range: 'bytes=0-1', ifRange: `"sha256:${sha256}"` }).status).toBe(206)
    expect(get({ range: 'bytes=0-1', ifRange: '"sha256:other"' }).status).toBe(200)
  })

  it('give the same bytes and lengths from memory and from storage', () => {
    const spec = fc.tuple(fc.nat(12), fc.nat(12)).map(([start, end]) => `${start}-${end}`)
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 5 }), (specs) => {
        const fields = { range: `bytes=${specs.join(',')}` }
        const [memory, storage] = [get(fields), get(fields, false)]
        expect(storage.status).toBe(memory.status)
        expect(bodyLength(storage)).toBe(bodyLength(memory))
        expect(Number(headers(memory)['content-length'])).toBe(bodyLength(memory))
        expect(storage.reachesEnd).toBe(memory.reachesEnd)
      }),
    )
  })
})
