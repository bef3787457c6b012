import { describe, expect, it } from 'vitest'
import {
  askedFor,
  cardKey,
  cardOf,
  namesOf,
  nextBranch,
  partsOf,
  toggled,
} from '@/components/apt/board/cards'
import { moveLines, planLines, problemLines } from '@/components/apt/board/plan'
import type { MoveRequest } from '@/server/apt/moves/schema'

const card = {
  source: 'libstdc++-extra',
  version: '1:2.0~rc1-1',
  component: 'main',
  architectures: ['amd64', 'all', 'source'],
  binaries: 3,
  hasSource: true,
  summary: 'More of it',
  placedAt: '2026-11-21T10:00:00Z',
}
const place = { branch: 'testing', source: card.source, version: card.version }

describe('cards', () => {
  it('are found again by their key, in their own branch only', () => {
    const columns = ['unstable', 'testing'].map((branch) => ({
      branch,
      approvalRequired: false,
      total: 1,
      cards: branch === 'testing' ? [card] : [],
    }))
    expect(cardOf({ columns }, cardKey(place))).toEqual(place)
    expect(cardOf({ columns }, cardKey({ ...place, branch: 'unstable' }))).toBeUndefined()
  })

  it('say what they have', () => {
    expect(partsOf(card)).toBe('amd64 all · source')
    expect(partsOf({ ...card, architectures: ['amd64'], hasSource: false })).toBe('amd64')
    expect(namesOf([place])).toBe('libstdc++-extra 1:2.0~rc1-1')
    expect(namesOf([place, place])).toBe('2 source versions')
  })
})

describe('a selection', () => {
  it('takes and gives back cards of one branch', () => {
    const one = toggled(new Set(), 'testing/a/1')
    const two = toggled(one, 'testing/b/1')
    expect([...two]).toEqual(['testing/a/1', 'testing/b/1'])
    expect([...toggled(two, 'testing/a/1')]).toEqual(['testing/b/1'])
  })

  it('begins anew with a card of another branch, however alike its name', () => {
    const selected = new Set(['testing/a/1'])
    expect([...toggled(selected, 'testing-new/a/1')]).toEqual(['testing-new/a/1'])
  })
})

it.each([
  ['unstable', 'testing'],
  ['testing', 'stable'],
  ['stable', 'testing'],
])('from %s the usual target is %s', (from, to) => {
  expect(nextBranch(['unstable', 'testing', 'stable'], from)).toBe(to)
})

it('has no target where there is one branch', () => {
  expect(nextBranch(['only'], 'only')).toBeUndefined()
})

it('lists a plan by name, sources first, with all architectures of a version on one line', () => {
  const binary = { id: '1', type: 'deb', name: 'b', version: '1', source: 's', sourceVersion: '1' }
  const lines = planLines([
    { ...binary, architecture: 'amd64' },
    { ...binary, id: '2', architecture: 'arm64' },
    { ...binary, id: '3', name: 'a', architecture: 'all' },
    { ...binary, id: '4', name: 's', type: 'source', architecture: 'source' },
  ])
  expect(lines.map(({ name, architectures }) => [name, architectures])).toEqual([
    ['s', ['source']],
    ['a', ['all']],
    ['b', ['amd64', 'arm64']],
  ])
})

it('names the versions that clients have now, of a source and of a package of its name apart', () => {
  const one = { id: '1', type: 'deb', name: 's', version: '2', architecture: 'amd64' }
  const moved = { ...one, source: 's', sourceVersion: '2' }
  const replaced = { ...moved, version: '1', leaves: false }
  const lines = moveLines({
    moves: [moved, { ...moved, type: 'source', architecture: 'source' }, { ...moved, name: 'new' }],
    replaces: [replaced, { ...replaced, version: '0.9' }, { ...replaced, type: 'source', version: '1-src' }],
  })
  expect(lines.map(({ name, before }) => [name, before])).toEqual([
    ['s', ['1-src']],
    ['new', []],
    ['s', ['0.9', '1']],
  ])
})

it('tells a problem once for all architectures, and another one apart', () => {
  const problemOn = (who: string, relation: string) => ({
    ...{ kind: 'unsatisfied' as const, branch: 'testing', package: who, relation },
    message: `${who} needs “${relation}”.`,
  })
  const lines = problemLines([
    problemOn('a 1 (amd64)', 'x'),
    problemOn('a 1 (arm64)', 'x'),
    problemOn('a 1 (arm64)', 'y'),
    problemOn('b 1 (all)', 'x'),
  ])
  expect(lines.map(({ message, others }) => [message, others])).toEqual([
    ['a 1 (amd64) needs “x”.', ['arm64']],
    ['a 1 (arm64) needs “y”.', []],
    ['b 1 (all) needs “x”.', []],
  ])
})

it('finds the cards whose move waits for approval', () => {
  const packages = [{ package: card.source, version: card.version }]
  const request = { fromBranch: 'testing', toBranch: 'stable', packages } as MoveRequest
  expect(askedFor([request]).get(cardKey(place))).toBe('stable')
})
