import { describe, expect, it } from 'vitest'
import { changeSummary, fieldChanges } from '@/components/audit/changes'

describe('fieldChanges', () => {
  it.each([
    [{ role: { from: 'member', to: 'viewer' } }, [{ field: 'role', from: 'member', to: 'viewer' }]],
    [{ disabled: { from: false, to: true } }, [{ field: 'disabled', from: 'no', to: 'yes' }]],
    [{ teams: { from: [], to: ['core', 'web'] } }, [{ field: 'teams', from: 'none', to: 'core, web' }]],
    [
      { team: null, uses: 3 },
      [
        { field: 'team', to: 'none' },
        { field: 'uses', to: '3' },
      ],
    ],
    [{ rule: { host: 'example.org' } }, [{ field: 'rule', to: '{"host":"example.org"}' }]],
    [{}, []],
  ])('%j', (details, expected) => {
    expect(fieldChanges(details)).toEqual(expected)
  })
})

it('changeSummary says all in one line', () => {
  expect(changeSummary({ role: { from: 'member', to: 'viewer' }, password: 'set' })).toBe(
    'role: member → viewer · password: set',
  )
})
