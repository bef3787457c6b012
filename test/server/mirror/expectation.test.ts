import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { algorithmsOf, mergeExpectations, satisfies } from '@/server/mirror/expectation'

const algorithms = ['sha256', 'sha384', 'sha512'] as const
const sri = (algorithm: string, content: string) =>
  `${algorithm}-${createHash(algorithm).update(content).digest('base64')}`
const digestsOf = (content: string) =>
  Object.fromEntries(algorithms.map((name) => [name, createHash(name).update(content).digest('hex')]))

describe('an expectation', () => {
  it('is satisfied when every algorithm it names is', () => {
    const both = `${sri('sha256', 'a')} ${sri('sha512', 'a')}`
    expect(satisfies(both, digestsOf('a'))).toBe(true)
    expect(satisfies(`${sri('sha256', 'b')} ${sri('sha512', 'a')}`, digestsOf('a'))).toBe(false)
    expect(satisfies(both, { sha256: digestsOf('a').sha256 as string })).toBe(false)
    expect(algorithmsOf(both)).toEqual(['sha256', 'sha512'])
  })

  it('of several values of one algorithm is satisfied by any', () => {
    const either = `${sri('sha384', 'a')} ${sri('sha384', 'b')}`
    expect(satisfies(either, digestsOf('b'))).toBe(true)
    expect(satisfies(either, digestsOf('c'))).toBe(false)
  })
})

describe('two expectations', () => {
  it.each([
    [null, null, null],
    [sri('sha256', 'a'), null, sri('sha256', 'a')],
    [null, sri('sha256', 'a'), sri('sha256', 'a')],
    [sri('sha256', 'a'), sri('sha256', 'b'), undefined],
    [`${sri('sha256', 'a')} ${sri('sha256', 'b')}`, sri('sha256', 'b'), sri('sha256', 'b')],
    [sri('sha256', 'a'), sri('sha512', 'a'), `${sri('sha256', 'a')} ${sri('sha512', 'a')}`],
  ])('%j and %j are %j', (one, other, merged) => expect(mergeExpectations(one, other)).toBe(merged))

  it('together let through exactly what both let through', () => {
    const content = fc.constantFrom('a', 'b', 'c')
    const value = fc.tuple(fc.constantFrom(...algorithms), content).map(([name, text]) => sri(name, text))
    const expression = fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => values.join(' '))
    fc.assert(
      fc.property(expression, expression, content, (one, other, text) => {
        const merged = mergeExpectations(one, other)
        const isBoth = satisfies(one, digestsOf(text)) && satisfies(other, digestsOf(text))
        const isMerged = typeof merged === 'string' && satisfies(merged, digestsOf(text))
        expect(isMerged).toBe(isBoth)
      }),
    )
  })
})
