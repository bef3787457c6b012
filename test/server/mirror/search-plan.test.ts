import { describe, expect, it } from 'vitest'
import { type FilteredFile, parseFilter } from '@/server/mirror/file-filter'
import { checksAfter, type FileSample, planSearch } from '@/server/mirror/search-plan'

const SHARE = 250

/**
 * A million files as a sample of four thousand, the newest first: ten teams and hundred hosts evenly, the oldest tenth
 * from one bulk import.
 */
const sample: FileSample = {
  share: SHARE,
  files: Array.from({ length: 4000 }, (_, number): FilteredFile => {
    const isOld = number >= 3600
    const host = isOld ? 'archive.example.org' : `host-${number % 100}.example.org`
    const name = ['zlib', 'openssl', 'curl', 'kernel'][number % 4]
    return {
      id: `0000${(4000 - number).toString(16).padStart(4, '0')}-0000-7000-8000-000000000000`,
      text: `https://${host}/${isOld ? 'import/' : ''}releases/${name}-${number}.tar.gz`,
      host,
      state: number % 50 === 0 ? 'failed' : 'stored',
      uses: [
        {
          team: isOld ? 'archivists' : `team-${number % 10}`,
          licence: number % 3 === 0 ? 'MIT' : 'Zlib',
          isActive: number % 20 !== 1,
        },
      ],
    }
  }),
}

const plan = (query: Parameters<typeof parseFilter>[0], before?: string) =>
  planSearch(parseFilter(query, before), sample, 51)

describe('where a search starts', () => {
  it('walks along the one filter that is given', () => {
    expect(plan({})).toEqual({ by: 'age' })
    expect(plan({ host: 'archive.example.org' })).toEqual({ by: 'host' })
    expect(plan({ state: 'failed' })).toEqual({ by: 'state' })
    expect(plan({ state: 'retired' })).toEqual({ by: 'retired' })
    expect(plan({ team: 'archivists' })).toEqual({ by: 'team' })
    expect(plan({ licence: 'MIT' })).toEqual({ by: 'licence' })
  })

  it('reads on from the newest where matches are frequent', () => {
    expect(plan({ q: 'releases' })).toEqual({ by: 'text' })
    expect(plan({ q: 'zlib' })).toEqual({ by: 'text' })
    expect(plan({ q: 'zlib', state: 'stored' })).toEqual({ by: 'text' })
  })

  it('asks the trigram index where they are rare, and only for what is rare in them', () => {
    expect(plan({ q: 'nosuchthing' })).toEqual({ by: 'words', words: ['nosuchthing'] })
    expect(plan({ q: 'https://host-7.example.org/releases/kernel-1207.tar.gz' })).toEqual({
      by: 'words',
      words: ['1207'],
    })
  })

  it('does not read a million newer files for what is frequent but old', () => {
    expect(plan({ q: 'import' })).toEqual({ by: 'words', words: ['import'] })
    expect(plan({ q: 'import' }, sample.files[3700]?.id)).toEqual({ by: 'text' })
  })

  it('takes the rarer of two filters', () => {
    expect(plan({ host: 'host-7.example.org', licence: 'MIT' })).toEqual({ by: 'host' })
    expect(plan({ team: 'nobody', q: 'zlib' })).toEqual({ by: 'team' })
    expect(plan({ state: 'failed', q: 'import' })).toEqual({ by: 'state' })
  })

  it('with few files is any', () => {
    expect(planSearch(parseFilter({ q: 'x', team: 'a' }), undefined, 51)).toEqual({ by: 'team' })
    expect(planSearch({}, undefined, 51)).toEqual({ by: 'age' })
  })
})

describe('what is left to check', () => {
  it('is what the start does not decide, the cheapest first', () => {
    const filter = parseFilter({ q: 'zlib', host: 'a.example.org', state: 'stored', team: 'red' })
    expect(checksAfter({ by: 'team' }, filter)).toEqual(['text', 'host', 'state'])
    expect(checksAfter({ by: 'host' }, filter)).toEqual(['text', 'use'])
    expect(checksAfter({ by: 'text' }, filter)).toEqual(['state', 'use'])
    expect(checksAfter({ by: 'words', words: [] }, filter)).toEqual(['state', 'use'])
  })

  it('tells stored from retired where no use was asked for', () => {
    expect(checksAfter({ by: 'state' }, { state: 'stored' })).toEqual(['standing'])
    expect(checksAfter({ by: 'retired' }, { state: 'retired' })).toEqual(['state', 'standing'])
    expect(checksAfter({ by: 'team' }, { state: 'retired', team: 'red' })).toEqual(['state', 'standing'])
    expect(checksAfter({ by: 'state' }, { state: 'failed' })).toEqual([])
  })
})
