import { describe, expect, it } from 'vitest'
import { dependenciesOf, isSatisfied, type Provider, providesOf } from '@/server/apt/moves/dependencies'

const provider = (text: string, rest: Partial<Provider> = {}): Provider => {
  const [name = '', version = '', architecture = 'amd64'] = text.split(' ')
  return { id: 1n, name, version, architecture, isUdeb: false, ...rest }
}
const amd64 = { architecture: 'amd64', isUdeb: false }

function holds(relation: string, there: Provider, dependant = amd64): boolean {
  const [dependency] = dependenciesOf(`Package: x\nDepends: ${relation}\n`)
  if (dependency === undefined) throw new Error('no dependency')
  return isSatisfied(dependency, dependant, (name) =>
    there.name === name || there.provides?.some((one) => one.name === name) ? [there] : [],
  )
}

describe('a dependency', () => {
  const table: [string, Provider, boolean][] = [
    ['lib', provider('lib 1'), true],
    ['other', provider('lib 1'), false],
    ['lib (>= 2)', provider('lib 1'), false],
    ['lib (>= 1.0~rc1)', provider('lib 1.0'), true],
    ['lib (<< 1:0)', provider('lib 9'), true],
    ['other | lib', provider('lib 1'), true],
    ['lib', provider('lib 1 arm64'), false],
    ['lib', provider('lib 1 all'), true],
    ['lib', provider('lib 1 arm64', { multiArch: 'foreign' }), true],
    ['lib', provider('lib 1 arm64', { multiArch: 'same' }), false],
    ['lib:any', provider('lib 1 arm64', { multiArch: 'allowed' }), true],
    ['lib:any', provider('lib 1', { multiArch: 'same' }), false],
    ['lib:arm64', provider('lib 1 arm64'), true],
    ['lib:arm64', provider('lib 1'), false],
    ['mta', provider('exim 4', { provides: [{ name: 'mta' }] }), true],
    ['mta (>= 1)', provider('exim 4', { provides: [{ name: 'mta' }] }), false],
    ['mta (>= 1)', provider('exim 4', { provides: [{ name: 'mta', version: '1' }] }), true],
    ['lib', provider('lib 1', { isUdeb: true }), false],
  ]

  it.each(table)('“%s” by %o: %s', (relation, there, expected) => {
    expect(holds(relation, there)).toBe(expected)
  })

  it('of a package for all may be of any architecture', () => {
    expect(holds('lib', provider('lib 1 arm64'), { architecture: 'all', isUdeb: false })).toBe(true)
  })

  it('of an installer package is satisfied by those alone', () => {
    const udeb = { architecture: 'amd64', isUdeb: true }
    expect(holds('lib', provider('lib 1', { isUdeb: true }), udeb)).toBe(true)
    expect(holds('lib', provider('lib 1'), udeb)).toBe(false)
  })
})

describe('an index stanza', () => {
  it('gives both fields, folded or not, as written', () => {
    const stanza = 'Package: x\nDepends: one (>= 1)  |\n two,\n three\nPre-Depends: zero\nSuggests: no\n'
    expect(dependenciesOf(stanza).map(({ text }) => text)).toEqual(['zero', 'one (>= 1) | two', 'three'])
  })

  it('that says something wrong gives the rest', () => {
    expect(dependenciesOf('Package: x\nDepends: one, (((, two\n').map(({ text }) => text)).toEqual([
      'one',
      'two',
    ])
    expect(dependenciesOf('no stanza')).toEqual([])
    expect(providesOf('Package: x\nProvides: a | b\n')).toEqual([])
  })

  it('gives what is provided with its version', () => {
    const stanza = 'Package: x\nProvides: mta, lib-abi (= 5)\n'
    expect(providesOf(stanza)).toEqual([{ name: 'mta' }, { name: 'lib-abi', version: '5' }])
  })
})
