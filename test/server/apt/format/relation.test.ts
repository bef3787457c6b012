import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormatError } from '@/server/apt/format/format-error'
import { type Alternative, parseProvides, parseRelations, satisfies } from '@/server/apt/format/relation'
import { cpuTimeOf } from '@/test/support/cpu-time'

const one = (text: string): Alternative => {
  const alternative = parseRelations(text)[0]?.[0]
  if (!alternative) throw new Error('There is none.')
  return alternative
}

describe('a relation', () => {
  it('is read with its groups and alternatives', () => {
    expect(
      parseRelations('libc6 (>= 2.36), default-mta | mail-transport-agent,\n python3:any (<<3.12)\t'),
    ).toEqual([
      [{ name: 'libc6', operator: '>=', version: '2.36' }],
      [{ name: 'default-mta' }, { name: 'mail-transport-agent' }],
      [{ name: 'python3', archQualifier: 'any', operator: '<<', version: '3.12' }],
    ])
  })

  it('of a build has architectures and profiles', () => {
    expect(parseRelations('gcc-12:native (>= 12) [linux-any !armel] <!nocheck> <cross !stage1>')).toEqual([
      [
        {
          name: 'gcc-12',
          archQualifier: 'native',
          operator: '>=',
          version: '12',
          architectures: ['linux-any', '!armel'],
          profiles: [['!nocheck'], ['cross', '!stage1']],
        },
      ],
    ])
  })

  it('may be empty, and end in a comma', () => {
    expect(parseRelations('')).toEqual([])
    expect(parseRelations(' \n')).toEqual([])
    expect(parseRelations('aa, bb,\n')).toEqual([[{ name: 'aa' }], [{ name: 'bb' }]])
  })

  it('takes the signs of old packages for what they meant', () => {
    expect(one('aa (< 1)').operator).toBe('<=')
    expect(one('aa (> 1)').operator).toBe('>=')
  })

  it.each([
    'aa |',
    '| aa',
    'aa || bb',
    'aa bb',
    'AA',
    'a',
    'aa (1.0)',
    'aa (>= )',
    'aa (>= 1',
    'aa >= 1',
    'aa (== 1)',
    'aa (>= 1) (<< 2)',
    'aa (>= 1_0)',
    'aa (>= $version)',
    '$shlibs',
    'aa:',
    'aa [amd64',
    'aa <nocheck',
    `aa${'a'.repeat(3000)}`,
  ])('%j is none', (text) => {
    expect(() => parseRelations(text)).toThrow(FormatError)
  })

  it('is bounded', () => {
    expect(() => parseRelations('aa,'.repeat(20_001))).toThrow('may name 20000 packages')
    const spent = cpuTimeOf(() => {
      expect(() => parseRelations(`aa${' '.repeat(1900)}!`)).toThrow(FormatError)
      expect(() => parseRelations(`aa ${'<a> '.repeat(480)}!`)).toThrow(FormatError)
    })
    expect(spent).toBeLessThan(1000)
  })

  it('throws nothing but a FormatError, whatever it is given', () => {
    const piece = fc.constantFrom(
      'aa',
      'b1',
      ' ',
      ',',
      '|',
      '(>= 1)',
      '(',
      ')',
      '[x]',
      '<!y>',
      ':any',
      '\n',
      '$',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((all) => all.join('')),
          fc.string(),
        ),
        (text) => {
          try {
            for (const group of parseRelations(text)) expect(group.length).toBeGreaterThan(0)
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('what satisfies a relation', () => {
  const candidate = (version: string, more: object = {}) => ({
    name: 'aa',
    version,
    architecture: 'amd64',
    ...more,
  })

  it.each([
    ['aa', '1', true],
    ['bb', '1', false],
    ['aa (= 1.0)', '1.00', true],
    ['aa (= 1.0)', '1.0-1', false],
    ['aa (>= 1)', '1', true],
    ['aa (>= 1)', '1~rc1', false],
    ['aa (>> 1)', '1', false],
    ['aa (>> 1)', '1+', true],
    ['aa (<< 1)', '1~', true],
    ['aa (<= 1)', '1.0', false],
    ['aa (<= 1)', '1-0', true],
    ['aa (>= 1:0)', '9', false],
  ])('%s by version %s: %s', (text, version, expected) => {
    expect(satisfies(one(text), candidate(version))).toBe(expected)
  })

  it('is also a name that is provided, with a version where one is asked for', () => {
    const provides = parseProvides('mta, editor (= 2.0)')
    expect(provides).toEqual([{ name: 'mta' }, { name: 'editor', version: '2.0' }])
    expect(satisfies(one('mta'), candidate('1', { provides }))).toBe(true)
    expect(satisfies(one('mta (>= 1)'), candidate('1', { provides }))).toBe(false)
    expect(satisfies(one('editor'), candidate('1', { provides }))).toBe(true)
    expect(satisfies(one('editor (>= 2)'), candidate('1', { provides }))).toBe(true)
    expect(satisfies(one('editor (>> 2.0)'), candidate('1', { provides }))).toBe(false)
    expect(() => parseProvides('aa | bb')).toThrow('cannot name alternatives')
    expect(() => parseProvides('aa (>= 1)')).toThrow('only “=” is allowed')
  })

  it('depends on the architecture where that is said', () => {
    expect(satisfies(one('aa:amd64'), candidate('1'))).toBe(true)
    expect(satisfies(one('aa:arm64'), candidate('1'))).toBe(false)
    expect(satisfies(one('aa:any'), candidate('1'))).toBe(false)
    expect(satisfies(one('aa:any'), candidate('1', { multiArch: 'foreign' }))).toBe(false)
    expect(satisfies(one('aa:any'), candidate('1', { multiArch: 'allowed' }))).toBe(true)
  })
})
