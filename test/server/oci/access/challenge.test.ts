import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATALOG_SCOPE, challengeOf, repositoryScope } from '@/server/oci/access/challenge'
import { originOf } from '@/server/oci/access/request-origin'

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

describe('whatever a stranger sends', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a"b', 'a\r\nb: c', 'a, b', 'https', 'a.b:1'),
  )

  it('the challenge is one header with the parameters it is made of', () => {
    fc.assert(
      fc.property(
        part,
        part,
        part,
        part,
        fc.boolean(),
        (host, forwardedHost, forwardedProto, name, hasOwnUsers) => {
          const env = { ENTREPOT_TRUSTED_PROXIES: ['127.0.0.1'], ENTREPOT_PUBLIC_URL: undefined }
          const seen = originOf({ host, forwardedHost, forwardedProto, peer: '127.0.0.1' }, env)
          const scope = repositoryScope(name, 'write')
          const scopes = scope === undefined ? [] : [scope]
          const value = challengeOf({ origin: seen, hasOwnUsers, scopes })
          expect(value).toMatch(
            /^(Bearer realm="https?:\/\/[^"\s,]+\/v2\/token",service="[^"\s,]+"(,scope="[a-z0-9:,/._-]+")?|Basic realm="[^"\s,]+", charset="UTF-8")$/,
          )
        },
      ),
    )
  })
})
