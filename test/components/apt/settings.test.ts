import { expect, it } from 'vitest'
import { changedOf } from '@/components/apt/settings/changed-of'
import { faultsByField } from '@/components/apt/settings/field-faults'

it('sends what was changed, and nothing else', () => {
  const before = { label: 'a', branches: ['x', 'y'], contents: true }
  expect(changedOf(before, { ...before, branches: ['x', 'y'] })).toEqual({})
  expect(changedOf(before, { ...before, branches: ['y', 'x'] })).toEqual({ branches: ['y', 'x'] })
  expect(changedOf(before, { label: '', branches: ['x', 'y'], contents: false })).toEqual({
    label: '',
    contents: false,
  })
})

it('shows the fault of an element at its list, the first one of several', () => {
  expect(faultsByField({ 'branches.1.name': 'first', 'branches.2': 'second', name: 'other' })).toEqual({
    branches: 'first',
    name: 'other',
  })
  expect(faultsByField(undefined)).toBeUndefined()
})
