import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDmoveRequest } from '@/server/apt/moves/dmove-request'
import { AppError } from '@/server/errors'

const FORM = 'application/x-www-form-urlencoded'
const read = (body: string, contentType?: string, query = '') =>
  readDmoveRequest({ target: `/dmove${query}`, contentType, body })
const HELLO = {
  ...{ repository: 'tools', package: 'hello', version: '1:1.0-1+b1', from: 'unstable', to: 'testing' },
  ...{ reason: undefined, wait: true },
}

describe('what POST /dmove takes', () => {
  it.each([
    ['a form', 'repo=tools&package=hello&version=1%3A1.0-1%2Bb1&from=unstable&to=testing', FORM],
    [
      'a form under other names',
      'repository=tools&pkg=hello&ver=1:1.0-1%2Bb1&src=unstable&dst=testing',
      FORM,
    ],
    ['a form without a type', 'repo=tools&source=hello&ver=1:1.0-1%2Bb1&from=unstable&to=testing', undefined],
    [
      'a form with a charset',
      'repo=tools&pkg=hello&ver=1:1.0-1%2Bb1&from=unstable&to=testing',
      `${FORM}; charset=utf-8`,
    ],
    [
      'JSON',
      '{"repo":"tools","pkg":"hello","ver":"1:1.0-1+b1","from":"unstable","to":"testing","ticket":7}',
      'application/json',
    ],
  ])('%s', (_, body, type) => {
    expect(read(body, type)).toEqual(HELLO)
  })

  it('everything in the query, or some of it', () => {
    const query = '?repo=tools&pkg=hello&ver=1:1.0-1%2Bb1&from=unstable&to=testing'
    expect(read('', undefined, query)).toEqual(HELLO)
    expect(read('ver=1:1.0-1%2Bb1&to=testing', FORM, '?repo=tools&pkg=hello&from=unstable')).toEqual(HELLO)
  })

  it('the same field twice, when it says the same', () => {
    expect(read('pkg=a&package=a&ver=1&from=x&to=y', FORM, '?pkg=a').package).toBe('a')
    expect(() => read('pkg=a&package=b&ver=1&from=x&to=y', FORM)).toThrow('“package” is there twice')
    expect(() => read('pkg=a&ver=1&from=x&to=y', FORM, '?to=z')).toThrow('“to” is there twice')
  })

  it('a plus sign that nobody escaped, for neither names nor versions have spaces', () => {
    const raw = 'repo=c++&pkg=libstdc++6&ver=1.0+dfsg-1+b1&from=a+b&to=c&reason=a+b%2Bc'
    const meant = {
      ...{ repository: 'c++', package: 'libstdc++6', version: '1.0+dfsg-1+b1' },
      ...{ from: 'a+b', to: 'c', reason: 'a b+c' },
    }
    expect(read(raw, FORM)).toMatchObject(meant)
    expect(read('', undefined, `?${raw}`)).toMatchObject(meant)
    expect(read('pkg=g%2B%2B&ver=1%2B1&from=a&to=b', FORM)).toMatchObject({ package: 'g++', version: '1+1' })
    expect(read('pkg=%20g++%0A&ver=1&from=a&to=b', FORM)).toMatchObject({ package: 'g++' })
  })

  it.each([
    ['0', false],
    ['false', false],
    ['no', false],
    ['1', true],
    ['true', true],
    ['', true],
  ])('wait=%s', (sent, wait) => {
    expect(read(`pkg=a&ver=1&from=x&to=y&wait=${sent}`, FORM).wait).toBe(wait)
  })

  it('wait=0, and a reason', () => {
    expect(read('pkg=a&ver=1&from=x&to=y&wait=0&comment=T-1', FORM)).toMatchObject({
      wait: false,
      reason: 'T-1',
    })
    const json = '{"pkg":"a","ver":"1","from":"x","to":"y","wait":false,"repo":null}'
    expect(read(json, 'application/json')).toMatchObject({ wait: false, repository: undefined })
  })
})

describe('what POST /dmove refuses', () => {
  it.each([
    ['', undefined, 'Give “package”'],
    ['pkg=a&ver=&from=x&to=y', FORM, 'Give “version”'],
    ['pkg=a&ver=1&to=y', FORM, 'Give “from”'],
    ['{"pkg":', 'application/json', 'not valid JSON'],
    ['[]', 'application/json', 'must be a JSON object'],
    ['null', 'application/json', 'must be a JSON object'],
    ['{"pkg":"a","ver":1.10,"from":"x","to":"y"}', 'application/json', '“ver” must be a string'],
    ['{"pkg":{},"ver":"1","from":"x","to":"y"}', 'application/json', '“pkg” must be a string'],
    ['<x/>', 'application/xml', 'Send a form'],
    ['pkg=a&ver=1&from=x&to=y&wait=maybe', FORM, '“wait” is 0 or 1'],
    [`pkg=${'a'.repeat(3000)}&ver=1&from=x&to=y`, FORM, '“package” is too long'],
    ['a=1&'.repeat(200), FORM, 'too many fields'],
  ])('%s', (body, type, message) => {
    expect(() => read(body, type)).toThrow(message)
  })

  it('anything else with a sentence, never with another error', () => {
    const types = fc.constantFrom(FORM, 'application/json', undefined, 'text/plain')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), types, fc.string(), (body, type, query) => {
        try {
          read(body, type, `?${query}`)
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      }),
    )
  })
})
