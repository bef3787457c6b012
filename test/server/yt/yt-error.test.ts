import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { parseYtError, ytFault } from '@/server/yt/yt-error'

const nested = (code: number) =>
  JSON.stringify({
    code: 1,
    message: 'outer',
    inner_errors: [
      {
        code: 3,
        message: 'middle',
        inner_errors: [{ code, message: 'innermost', attributes: { host: 'x' } }],
      },
    ],
  })

describe('errors of a cluster', () => {
  it.each([
    [500, 'not_found'],
    [900, 'unauthenticated'],
    [901, 'forbidden'],
    [902, 'storage_full'],
    [402, 'conflict'],
    [11000, 'unavailable'],
    [12345, 'unavailable'],
  ])('mean by the code %i, however deep inside, %s', (code, ours) => {
    expect(ytFault(parseYtError(nested(code)))).toMatchObject({
      code: ours,
      message: expect.stringContaining('innermost'),
    })
  })

  it('are none with the code 0', () => {
    expect(parseYtError('{"code":0,"message":""}')).toBeUndefined()
  })

  it.each(['', 'no JSON', 'null', '[]', '{"code":"x","inner_errors":{}}'])(
    'are errors even when %j is all',
    (text) => {
      expect(parseYtError(text)?.code).toBe(1)
    },
  )

  it('end somewhere', () => {
    const deep = `${'{"code":1,"inner_errors":['.repeat(200)}{"code":901}${']}'.repeat(200)}`
    expect(parseYtError(deep)?.has(901)).toBe(false)
  })

  it('leave other errors alone', () => {
    const error = new AppError('too_large', 'x')
    expect(ytFault(error)).toBe(error)
  })
})
