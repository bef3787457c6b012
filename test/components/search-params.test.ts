import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readSearch, writeSearch } from '@/components/search-params'

const filter = z.object({
  q: z.string().max(5).optional(),
  state: z.enum(['open', 'closed']).default('open'),
  cursor: z.string().optional(),
})

describe('state in the URL', () => {
  it.each([
    [{}, { state: 'open' }],
    [
      { q: 'gcc', state: 'closed' },
      { q: 'gcc', state: 'closed' },
    ],
    [{ q: ['a', 'b'] }, { q: 'a', state: 'open' }],
    [{ state: 'nonsense', q: 'far too long' }, { state: 'open' }],
    [{ q: '', other: 'x' }, { state: 'open' }],
  ])('%j is read as %j', (given, state) => expect(readSearch(filter, given)).toEqual(state))

  it('leaves out what is empty or the default', () => {
    expect(writeSearch({ q: '', state: 'open', cursor: undefined }, { state: 'open' })).toBe('')
    expect(writeSearch({ q: 'a&b', state: 'closed' }, { state: 'open' })).toBe('?q=a%26b&state=closed')
  })
})
