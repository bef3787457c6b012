import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import type { Notices } from '@/server/events'
import type { Answer } from '@/server/http/answer'
import type { Incoming } from '@/server/http/incoming'
import type { RequestFields } from '@/server/http/request-fields'
import { AnswerMemo } from '@/server/oci/answer-memo'

const emitter = new EventEmitter()
const notices: Notices = {
  on(topic, listener) {
    emitter.on(topic, listener)
    return () => emitter.off(topic, listener)
  },
  close: async () => undefined,
}
const request = (fields: RequestFields = {}, method = 'GET', target = '/v2/a/manifests/1'): Incoming => ({
  method,
  target,
  fields: { host: 'h', ...fields },
  body: () => {
    throw new Error('nothing is read')
  },
  address: () => undefined,
})
const answer: Answer = { status: 200, headers: [], body: Buffer.from('{}') }

it('gives the very answer back, to the same caller for the same thing alone', () => {
  const memo = new AnswerMemo(notices)
  memo.keep(request({ authorization: 'a' }), answer, memo.generation)
  expect(memo.get(request({ authorization: 'a' }))).toBe(answer)
  expect(memo.get(request({ authorization: 'b' }))).toBeUndefined()
  expect(memo.get(request())).toBeUndefined()
  expect(memo.get(request({ authorization: 'a', host: 'other' }))).toBeUndefined()
  expect(memo.get(request({ authorization: 'a' }, 'HEAD'))).toBeUndefined()
  expect(memo.get(request({ authorization: 'a' }, 'GET', '/v2/a/manifests/2'))).toBeUndefined()
  memo.close()
})

it.each([
  [{ range: 'bytes=0-0' }],
  [{ ifNoneMatch: '"x"' }],
  [{ ifMatch: '"x"' }],
  [{ ifModifiedSince: 'x' }],
  [{ ifUnmodifiedSince: 'x' }],
  [{ forwardedHost: 'x' }],
  [{ forwardedProto: 'https' }],
])('has no answer for a request with %o', (fields) => {
  const memo = new AnswerMemo(notices)
  memo.keep(request(), answer, memo.generation)
  memo.keep(request(fields), answer, memo.generation)
  expect(memo.get(request(fields))).toBeUndefined()
  memo.close()
})

it.each(['token', 'access', 'repository', 'image'])('forgets at a notice of topic %s', (topic) => {
  const memo = new AnswerMemo(notices)
  const before = memo.generation
  memo.keep(request(), answer, before)
  emitter.emit(topic, 'id')
  expect(memo.get(request())).toBeUndefined()
  // What was being worked out meanwhile may be of before.
  memo.keep(request(), answer, before)
  expect(memo.get(request())).toBeUndefined()
  memo.close()
})

it('keeps no errors, nothing large, and nothing that is counted', () => {
  const memo = new AnswerMemo(notices)
  const others: Answer[] = [
    { ...answer, status: 404 },
    { ...answer, body: Buffer.alloc(20_000) },
    { ...answer, sent: () => undefined },
  ]
  for (const other of others) memo.keep(request(), other, memo.generation)
  expect(memo.get(request())).toBeUndefined()
  memo.close()
})
