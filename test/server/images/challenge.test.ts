import { describe, expect, it } from 'vitest'
import { parseChallenges } from '@/server/images/challenge'
import { cpuTimeOf } from '@/test/support/cpu-time'

const read = (field: string) =>
  parseChallenges(field).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])

describe('what a server wants to be told', () => {
  it.each([
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/debian:pull"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:library/debian:pull',
          },
        ],
      ],
    ],
    ['Basic realm="a b, c"', [['basic', { realm: 'a b, c' }]]],
    ['BEARER Realm = x , service=y', [['bearer', { realm: 'x', service: 'y' }]]],
    [
      'Negotiate abc==, Basic realm="x", Bearer realm="y"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
        ['bearer', { realm: 'y' }],
      ],
    ],
    [
      'Negotiate, Bearer realm="y"',
      [
        ['negotiate', {}],
        ['bearer', { realm: 'y' }],
      ],
    ],
    ['Bearer realm="a\\"b\\\\c"', [['bearer', { realm: 'a"b\\c' }]]],
    [', ,Basic realm=""', [['basic', { realm: '' }]]],
    ['Bearer', [['bearer', {}]]],
    ['', []],
    ['"', []],
    [
      'Bearer realm="never ends',
      [
        ['bearer', {}],
        ['realm', {}],
      ],
    ],
  ])('%s', (field, expected) => {
    expect(read(field)).toEqual(expected)
  })

  it('is read in no time, however long it is', () => {
    const units = ['a', 'a ', 'a=', 'a="', '\\', ',', 'a=b,', 'Bearer realm="x",', '"\\"']
    const spent = cpuTimeOf(() => {
      for (const unit of units) parseChallenges(unit.repeat(200_000))
    })
    expect(spent).toBeLessThan(1000)
  })

  it('is bounded', () => {
    expect(parseChallenges('Basic realm="x", '.repeat(100)).length).toBeLessThanOrEqual(8)
    const [one] = parseChallenges(`Bearer ${Array.from({ length: 100 }, (_, n) => `p${n}=x`).join(',')}`)
    expect(one?.parameters.size).toBeLessThanOrEqual(32)
  })
})
