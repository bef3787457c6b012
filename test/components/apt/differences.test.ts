import { expect, it } from 'vitest'
import { differencesOf, reversed } from '@/components/apt/snapshots/differences'

const base = { name: 'hello', architecture: 'amd64', type: 'deb', before: ['1.0'], after: ['2.0'] }

it('tells what came, left and changed, with architectures that changed alike on one line', () => {
  const { came, left, changed } = differencesOf([
    base,
    { ...base, architecture: 'arm64' },
    { ...base, architecture: 'riscv64', after: ['1.5'] },
    { ...base, name: 'new', before: [], after: ['1'] },
    { ...base, name: 'old', before: ['1'], after: [] },
    { ...base, type: 'source', architecture: 'source' },
  ])
  expect(came.map(({ name }) => name)).toEqual(['new'])
  expect(left.map(({ name }) => name)).toEqual(['old'])
  expect(changed.map(({ name, architectures, after }) => [name, architectures, after])).toEqual([
    ['hello', ['amd64', 'arm64'], ['2.0']],
    ['hello', ['riscv64'], ['1.5']],
    ['hello', ['source'], ['2.0']],
  ])
})

it('tells the other way round what would come back, and what would leave', () => {
  const changes = [base, { ...base, name: 'new', before: [], after: ['1'] }]
  const { left, changed } = differencesOf(reversed({ from: '1', to: '2', changes, truncated: false }).changes)
  expect(left.map(({ name, before }) => [name, before])).toEqual([['new', ['1']]])
  expect(changed.map(({ before, after }) => [before, after])).toEqual([[['2.0'], ['1.0']]])
})
