import { expect, it } from 'vitest'
import { AppError, toAppError } from '@/server/errors'
import { problemOf, problemResponse } from '@/server/http/problem'
import { problem } from '@/server/http/schema'

it('renders a problem document that its own schema accepts', () => {
  const error = new AppError('invalid', 'Say why.', { fields: [{ path: 'reason', message: 'Say why.' }] })
  expect(problem.strict().parse(problemOf(error, 'r-1'))).toMatchObject({
    status: 400,
    code: 'invalid',
    requestId: 'r-1',
  })
})

it('asks for credentials with 401 and tells when to come back', async () => {
  const refused = problemResponse(new AppError('unauthenticated', 'Sign in.'))
  expect(refused.headers.get('www-authenticate')).toContain('Bearer')
  expect(refused.headers.get('content-type')).toBe('application/problem+json')
  expect(
    problemResponse(new AppError('rate_limited', 'Slow down.', { retryAfter: 1.2 })).headers.get(
      'retry-after',
    ),
  ).toBe('2')
})

it('never shows what an unknown error says', () => {
  const known = toAppError(new Error('password=hunter2 at /etc/x'))
  expect(JSON.stringify(problemOf(known))).not.toContain('hunter2')
  expect(known.code).toBe('internal')
})

it('knows a full disk', () => {
  expect(toAppError(Object.assign(new Error('x'), { code: 'ENOSPC' })).code).toBe('storage_full')
})
