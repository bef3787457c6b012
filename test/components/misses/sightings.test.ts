import { describe, expect, it } from 'vitest'
import { likelyTeam, mainSighting, programOf } from '@/components/misses/sightings'

const sighting = (team: string | null, count: number) => ({
  clientNetwork: '192.0.2.0/24',
  userAgent: 'curl/8.5.0',
  team,
  count,
  firstSeenAt: '2025-03-01T10:00:00Z',
  lastSeenAt: '2025-03-01T10:00:00Z',
})

describe('mainSighting', () => {
  it('is the client that asked most', () => {
    const most = sighting('web', 9)
    expect(mainSighting([sighting(null, 1), most, sighting('web', 2)])).toEqual({ main: most, others: 2 })
  })

  it('is nobody when nobody is known', () => {
    expect(mainSighting([])).toEqual({ main: undefined, others: 0 })
  })
})

it.each([
  ['Wget/1.21.3', 'Wget/1.21.3'],
  ['pip/24.0 {"ci":true,"cpu":"x86_64"}', 'pip/24.0'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox/128.0'],
  ['Mozilla/5.0 (compatible; something)', 'Mozilla/5.0'],
  ['', 'unnamed program'],
])('programOf %s is %s', (userAgent, expected) => {
  expect(programOf(userAgent)).toBe(expected)
})

describe('likelyTeam', () => {
  it('adds up what each team asked', () => {
    expect(
      likelyTeam([sighting('web', 3), sighting('mobile', 2), sighting('mobile', 2), sighting(null, 99)]),
    ).toBe('mobile')
  })

  it('is none when no client said who it is', () => {
    expect(likelyTeam([sighting(null, 9)])).toBeUndefined()
  })
})
