import { expect, it } from 'vitest'
import { supersededBy } from '@/server/apt/packages/superseded'

let ids = 0n
const of = (text: string) => {
  const [name = '', version = '', architecture = 'amd64'] = text.split(' ')
  ids += 1n
  return { id: ids, name, version, architecture }
}

const table: [string, { newcomers: string[]; present: string[]; keep: number | null; expected: string[] }][] =
  [
    ['an older version', { newcomers: ['a 2'], present: ['a 1'], keep: null, expected: ['a 1 stays'] }],
    ['one beyond those kept', { newcomers: ['a 2'], present: ['a 1'], keep: 1, expected: ['a 1 leaves'] }],
    [
      'those beyond two, by the order of dpkg',
      {
        newcomers: ['a 1.10'],
        present: ['a 1.9', 'a 1.2'],
        keep: 2,
        expected: ['a 1.9 stays', 'a 1.2 leaves'],
      },
    ],
    ['what is newer', { newcomers: ['a 1'], present: ['a 2'], keep: 1, expected: [] }],
    [
      'what was beyond before, when a newer one comes',
      { newcomers: ['a 3'], present: ['a 2', 'a 1'], keep: 1, expected: ['a 2 leaves', 'a 1 leaves'] },
    ],
    [
      'what is older than a newcomer that is old itself',
      { newcomers: ['a 2'], present: ['a 3', 'a 1'], keep: 2, expected: ['a 1 leaves'] },
    ],
    ['another architecture', { newcomers: ['a 2 arm64'], present: ['a 1 amd64'], keep: 1, expected: [] }],
    [
      'every architecture, by what is for all',
      {
        newcomers: ['a 2 all'],
        present: ['a 1 amd64', 'a 1 arm64'],
        keep: 1,
        expected: ['a 1 leaves', 'a 1 leaves'],
      },
    ],
    [
      'what is for all, by one architecture',
      { newcomers: ['a 2'], present: ['a 1 all'], keep: 1, expected: [] },
    ],
    [
      'a source, by what is for all',
      { newcomers: ['a 2 all'], present: ['a 1 source'], keep: 1, expected: [] },
    ],
    ['another name', { newcomers: ['b 2'], present: ['a 1'], keep: 1, expected: [] }],
    [
      'one version in two builds counts once',
      { newcomers: ['a 2', 'a 2 all'], present: ['a 1'], keep: 2, expected: ['a 1 stays'] },
    ],
  ]

it.each(table)('%s', (_, { newcomers, present, keep, expected }) => {
  const found = supersededBy(newcomers.map(of), present.map(of), keep)
  const told = found.map(
    ({ package: one, leaves }) => `${one.name} ${one.version} ${leaves ? 'leaves' : 'stays'}`,
  )
  expect(told).toEqual(expected)
})

it('never takes a newcomer for something of old', () => {
  const [first, second] = [of('a 1'), of('a 2')]
  expect(supersededBy([first, second], [first, second], 1)).toEqual([])
})
