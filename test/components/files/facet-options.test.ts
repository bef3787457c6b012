import { describe, expect, it } from 'vitest'
import { facetOptions } from '@/components/files/facet-options'
import { formatShort } from '@/components/ui/format'

const facet = [
  { value: 'web', count: 1234 },
  { value: 'mobile', count: 2 },
]

describe('facetOptions', () => {
  it('says how many files each value has, by the names people know', () => {
    expect(facetOptions(facet, { chosen: undefined, names: new Map([['web', 'Web shop']]) })).toEqual([
      { value: 'web', label: `Web shop (${formatShort(1234)})` },
      { value: 'mobile', label: 'mobile (2)' },
    ])
  })

  it('says when the counts are estimates', () => {
    expect(facetOptions(facet, { chosen: undefined, isEstimate: true })[1]?.label).toBe('mobile (about 2)')
  })

  it('offers what is chosen even when nothing has it', () => {
    expect(facetOptions(facet, { chosen: 'gone' })[0]).toEqual({ value: 'gone', label: 'gone' })
    expect(facetOptions(facet, { chosen: 'web' })).toHaveLength(2)
  })
})
