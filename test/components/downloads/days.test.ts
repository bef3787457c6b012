import { describe, expect, it } from 'vitest'
import { byTeam, everyDay, shortDay } from '@/components/downloads/days'

const today = new Date('2025-03-02T23:30:00Z')

describe('everyDay', () => {
  it('fills the days without downloads, up to today in UTC, across the end of a month', () => {
    const points = everyDay([{ day: '2025-02-28', count: 3, bytes: 300 }], 4, today)
    expect(points).toEqual([
      { x: '27 Feb', count: 0, bytes: 0 },
      { x: '28 Feb', count: 3, bytes: 300 },
      { x: '1 Mar', count: 0, bytes: 0 },
      { x: '2 Mar', count: 0, bytes: 0 },
    ])
  })

  it('leaves out what is older', () => {
    expect(everyDay([{ day: '2025-01-01', count: 3, bytes: 1 }], 2, today).map(({ count }) => count)).toEqual(
      [0, 0],
    )
  })
})

it('shortDay writes the day of the calendar, whatever the zone of the reader', () => {
  expect(shortDay('2025-03-09')).toBe('9 Mar')
})

it('byTeam puts the most first, and names who gave no name', () => {
  const teams = [
    { team: 'mobile', count: 2, bytes: 1 },
    { team: null, count: 9, bytes: 1 },
    { team: 'idle', count: 0, bytes: 0 },
  ]
  expect(byTeam(teams)).toEqual([
    { x: 'unnamed', count: 9 },
    { x: 'mobile', count: 2 },
  ])
})
