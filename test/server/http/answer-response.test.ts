import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { responseOf } from '@/server/http/answer-response'
import type { ByteRange } from '@/server/storage/driver'

const stored = Buffer.from('0123456789')
const source = {
  read: async (range?: ByteRange) =>
    Readable.from([stored.subarray(range?.start, (range?.end ?? stored.length) + 1)]),
  feed: () => Promise.reject(new Error('a Web response is read')),
}

it('keeps status, repeated fields and a body in memory', async () => {
  const headers = ['X-A', '1', 'X-A', '2', 'Content-Length', '2']
  const response = responseOf({ status: 404, headers, body: Buffer.from('no') })
  expect(response.status).toBe(404)
  expect(response.headers.get('x-a')).toBe('1, 2')
  expect(await response.text()).toBe('no')
})

it('reads slices when they are wanted, in order', async () => {
  const body = [
    Buffer.from('<'),
    { source, range: { start: 2, end: 4 } },
    Buffer.from('|'),
    { source, range: { start: 9, end: 9 } },
  ]
  expect(await responseOf({ status: 206, headers: [], body }).text()).toBe('<234|9')
})

it('has no body where there must be none', () => {
  expect(responseOf({ status: 304, headers: [] }).body).toBeNull()
})
