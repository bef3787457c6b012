import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareVersions, parseVersion } from '@/server/apt/format/version'
import { itWith } from '@/test/support/tools'

const part = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 6 })
/** Versions that differ little, so that every rule decides now and then. */
const version = fc
  .tuple(
    fc.option(fc.constantFrom('0', '1', '00', '2'), { nil: undefined }),
    fc.constantFrom('0', '1', '10', '01', '1.0', '2'),
    part('01a~.+zA:-'),
    fc.option(
      part('01a~.+z').filter((text) => text !== ''),
      { nil: undefined },
    ),
  )
  .map(([epoch, first, rest, revision]) => {
    const upstream = `${first}${epoch === undefined ? rest.replaceAll(':', '') : rest}`
    const before = epoch === undefined ? '' : `${epoch}:`
    // What follows the last hyphen is the revision, and may not be empty or hold a colon.
    const body = revision === undefined ? upstream.replaceAll('-', '') : `${upstream}-${revision}`
    return `${before}${body}`
  })
  .filter((text) => parseVersion(text) !== undefined)

const sign = (a: string, b: string) => Math.sign(compareVersions(a, b))

describe('a version', () => {
  it.each([
    ['1', { epoch: 0, upstream: '1', revision: '' }],
    ['1.0-1', { epoch: 0, upstream: '1.0', revision: '1' }],
    ['2:1.0-rc1-1ubuntu2', { epoch: 2, upstream: '1.0-rc1', revision: '1ubuntu2' }],
    ['0:1:2-3', { epoch: 0, upstream: '1:2', revision: '3' }],
    ['1.0~rc1+dfsg-0.1', { epoch: 0, upstream: '1.0~rc1+dfsg', revision: '0.1' }],
    ['2147483647:1', { epoch: 2147483647, upstream: '1', revision: '' }],
  ])('%s has its parts', (text, parts) => {
    expect(parseVersion(text)).toEqual(parts)
  })

  it.each([
    '',
    'a',
    '-1',
    '1-',
    ':1',
    '1:',
    'a:1',
    '-1:1',
    '2147483648:1',
    '1_0',
    '1 0',
    '1\n',
    '1/0',
    '1-1_2',
    '1é',
    `1${'0'.repeat(250)}`,
  ])('%j is none', (text) => {
    expect(parseVersion(text)).toBeUndefined()
  })
})

describe('the order of versions', () => {
  it.each([
    ['1.0', '1.0', 0],
    ['1.0', '1.00', 0],
    ['1.0', '1.0-0', 0],
    ['0:1.0', '1.0', 0],
    ['1.9', '1.10', -1],
    ['1:0.1', '9.9', 1],
    ['1.0~rc1', '1.0', -1],
    ['1.0~~', '1.0~', -1],
    ['1.0~', '1.0', -1],
    ['1.0', '1.0a', -1],
    ['1.0a', '1.0+', -1],
    ['1.0-1', '1.0-1~bpo1', 1],
    ['1.0-1', '1.0-1+b1', -1],
    ['1.0-1-1', '1.0-2', 1],
    ['1.0Z', '1.0a', -1],
    ['7.6p2-4', '7.6-0', 1],
    ['99999999999999999998', '99999999999999999999', -1],
  ])('%s and %s', (a, b, order) => {
    expect(sign(a, b)).toBe(order)
    expect(sign(b, a)).toBe(order === 0 ? 0 : -order)
  })

  it('is one for any text: reflexive, antisymmetric, transitive', () => {
    const any = fc.oneof(version, fc.string({ maxLength: 8 }))
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(sign(a, a)).toBe(0)
        expect(sign(a, b) + sign(b, a)).toBe(0)
        if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 3000 },
    )
  })

  itWith('dpkg', 'is that of dpkg', () => {
    const alike = version.map((text): [string, string] => [text, text.replace(/[0-9]+(?=[^0-9:]|$)/, '0$&')])
    const pairs = fc.sample(fc.oneof(fc.tuple(version, version), alike), { numRuns: 600, seed: 4 })
    const script = pairs.map(
      (
        _,
        index,
      ) => `dpkg --compare-versions "$${'{'}${2 * index + 1}}" lt "$${'{'}${2 * index + 2}}" && echo -1 || {
        dpkg --compare-versions "$${'{'}${2 * index + 1}}" eq "$${'{'}${2 * index + 2}}" && echo 0 || echo 1
      }`,
    )
    const { stdout } = spawnSync('sh', ['-c', script.join('\n'), 'sh', ...pairs.flat()], { encoding: 'utf8' })
    const theirs = stdout.trim().split('\n').map(Number)
    expect(pairs.map(([a, b], index) => [a, b, theirs[index]])).toEqual(
      pairs.map(([a, b]) => [a, b, sign(a, b) || 0]),
    )
    expect(new Set(theirs)).toEqual(new Set([-1, 0, 1]))
  })
})
