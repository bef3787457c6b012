import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_SCOPES, readScopes, writeScopes } from '@/server/oci/access/scopes'

describe('scopes', () => {
  it('are several parameters, or one with spaces between', () => {
    const grants = [
      { type: 'repository', name: 'a/b', actions: ['pull', 'push'] },
      { type: 'repository', name: 'c', actions: ['pull'] },
    ]
    expect(readScopes(['repository:a/b:pull,push', 'repository:c:pull'])).toEqual(grants)
    expect(readScopes(['repository:a/b:pull,push  repository:c:pull'])).toEqual(grants)
  })

  it('of the same thing are one', () => {
    expect(readScopes(['repository:a:pull', 'repository:a:push,pull'])).toEqual([
      { type: 'repository', name: 'a', actions: ['pull', 'push'] },
    ])
  })

  it('may have a class, and be of the catalog', () => {
    expect(readScopes(['repository(plugin):a:pull', 'registry:catalog:*'])).toEqual([
      { type: 'repository', name: 'a', actions: ['pull'] },
      { type: 'registry', name: 'catalog', actions: ['*'] },
    ])
  })

  it.each([
    '',
    'repository',
    'repository:a',
    'repository:A:pull',
    'repository:a:PULL',
    'registry:x:*',
    'other:a:pull',
  ])('that mean nothing are left out: %j', (text) => {
    expect(readScopes([text])).toEqual([])
  })

  it('are bounded in number', () => {
    const some = (count: number) => Array.from({ length: count }, (_, at) => `repository:a${at}:pull`)
    expect(readScopes([some(MAX_SCOPES).join(' ')])).toHaveLength(MAX_SCOPES)
    expect(readScopes([some(MAX_SCOPES + 1).join(' ')])).toBeUndefined()
    expect(readScopes(some(MAX_SCOPES + 1))).toBeUndefined()
    const long = Array.from({ length: 17 }, (_, at) => `repository:a${at + 10}${'b'.repeat(247)}:pull`)
    expect(readScopes(long.slice(1))).toHaveLength(16)
    expect(readScopes(long)).toBeUndefined()
  })

  it('are written as they are read', () => {
    const text = 'repository:a/b:pull,push repository:c:pull'
    expect(writeScopes(readScopes([text]) ?? [])).toBe(text)
  })

  it('never throw', () => {
    fc.assert(fc.property(fc.array(fc.string(), { maxLength: 5 }), (texts) => void readScopes(texts)))
  })
})
