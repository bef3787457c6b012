import { describe, expect, it } from 'vitest'
import { type FilteredFile, hasUse, parseFilter, stateOf } from '@/server/mirror/file-filter'

describe('a query', () => {
  it.each([
    [{ q: 'ZLib' }, { text: 'zlib' }],
    [{ q: '' }, {}],
    [{ q: 'abc12' }, { text: 'abc12' }],
    [{ q: 'ABC123' }, { text: 'abc123', digest: 'abc123' }],
    [{ q: 'sha256:abc123' }, { text: 'sha256:abc123', digest: 'abc123' }],
    [{ q: 'HTTPS://Example.ORG:443/a/../b' }, { text: 'https://example.org/b' }],
    [{ q: 'https://exam' }, { text: 'https://exam' }],
    [{ q: 'https://' }, { text: 'https://' }],
    [{ q: 'https://example.org/a#b' }, { text: 'https://example.org/a#b' }],
    [
      { host: 'Example.org', state: 'stored', team: 'a', licence: 'MIT' } as const,
      {
        host: 'example.org',
        state: 'stored',
        team: 'a',
        licence: 'MIT',
      },
    ],
  ])('%j asks for %j', (query, filter) => expect(parseFilter(query)).toEqual(filter))

  it('goes on after a cursor', () => expect(parseFilter({}, 'id')).toEqual({ before: 'id' }))
})

describe('a file', () => {
  const file: FilteredFile = {
    id: '1',
    text: 'https://example.org/',
    host: 'example.org',
    state: 'stored',
    uses: [
      { team: 'red', licence: 'MIT', isActive: true },
      { team: 'blue', licence: null, isActive: false },
    ],
  }

  it('is retired when it is stored and nobody uses it', () => {
    expect([
      stateOf({ state: 'stored' }, 0),
      stateOf({ state: 'stored' }, 1),
      stateOf({ state: 'failed' }, 0),
    ]).toEqual(['retired', 'stored', 'failed'])
  })

  it('is used by a team, under a licence, or by both in one use', () => {
    expect(hasUse(file, { team: 'red', licence: 'MIT' })).toBe(true)
    expect(hasUse(file, { team: 'blue' })).toBe(false)
    expect(hasUse(file, { team: 'blue', state: 'retired' })).toBe(true)
    expect(hasUse(file, { team: 'blue', licence: 'MIT', state: 'retired' })).toBe(false)
  })
})
