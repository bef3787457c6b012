import { describe, expect, it } from 'vitest'
import { CATALOG_SCOPE, challengeOf, repositoryScope } from '@/server/oci/access/challenge'

const origin = { scheme: 'https', host: 'registry.example.org:5000' } as const

describe('the challenge', () => {
  it('names where tokens are, for whom, and for what', () => {
    const scopes = [repositoryScope('sys/admin/images/ubuntu', 'write') ?? '']
    expect(challengeOf({ origin, hasOwnUsers: false, scopes })).toBe(
      'Bearer realm="https://registry.example.org:5000/v2/token",service="registry.example.org:5000",' +
        'scope="repository:sys/admin/images/ubuntu:pull,push"',
    )
  })

  it('asks for nothing in particular at the door', () => {
    expect(challengeOf({ origin, hasOwnUsers: false })).toBe(
      'Bearer realm="https://registry.example.org:5000/v2/token",service="registry.example.org:5000"',
    )
  })

  it('says what was wrong with the token that was sent', () => {
    const challenge = challengeOf({
      origin,
      hasOwnUsers: false,
      scopes: [CATALOG_SCOPE],
      error: 'insufficient_scope',
    })
    expect(challenge).toMatch(/,scope="registry:catalog:\*",error="insufficient_scope"$/)
  })

  it('asks for two repositories where a blob is mounted from one into the other', () => {
    const scopes = [repositoryScope('a', 'write') ?? '', repositoryScope('b', 'read') ?? '']
    expect(challengeOf({ origin, hasOwnUsers: false, scopes })).toMatch(
      /,scope="repository:a:pull,push repository:b:pull"$/,
    )
  })

  it('is Basic where the cluster has users of its own', () => {
    expect(challengeOf({ origin, hasOwnUsers: true, scopes: ['repository:a:pull'] })).toBe(
      'Basic realm="registry.example.org:5000", charset="UTF-8"',
    )
  })
})

describe('a scope', () => {
  it.each([
    ['read', 'repository:a/b:pull'],
    ['write', 'repository:a/b:pull,push'],
    ['remove', 'repository:a/b:delete'],
  ] as const)('for %s', (right, scope) => {
    expect(repositoryScope('a/b', right)).toBe(scope)
  })

  it.each(['', 'A', 'a"b', 'a\r\nx: y', 'a b', '../a'])('is not made of %j', (name) => {
    expect(repositoryScope(name, 'read')).toBeUndefined()
  })
})
