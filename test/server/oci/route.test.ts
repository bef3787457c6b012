import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RegistryFault } from '@/server/oci/faults'
import { routeOf } from '@/server/oci/route'

const DIGEST = `sha256:${'a'.repeat(64)}`
const LONG = `sha512:${'b'.repeat(128)}`
const ID = '01890000-0000-7000-8000-000000000000'

function read(target: string) {
  const route = routeOf(target)
  if (route === undefined) return undefined
  const { query, ...rest } = route
  return rest
}

function faultOf(target: string): string | undefined {
  try {
    routeOf(target)
    return undefined
  } catch (error) {
    if (error instanceof RegistryFault) return error.fault
    throw error
  }
}

describe('a path of the registry', () => {
  it.each([
    ['/v2/', { kind: 'base' }],
    ['/v2', { kind: 'base' }],
    ['/v2/?n=1', { kind: 'base' }],
    ['/v2/_catalog', { kind: 'catalog' }],
    ['/v2/token', { kind: 'token' }],
    ['/v2/a/tags/list', { kind: 'tags', name: 'a' }],
    ['/v2/a/manifests/1', { kind: 'manifest', name: 'a', reference: '1' }],
    [`/v2/a/b/manifests/${DIGEST}`, { kind: 'manifest', name: 'a/b', reference: DIGEST }],
    [`/v2/a/manifests/${LONG}`, { kind: 'manifest', name: 'a', reference: LONG }],
    [`/v2/a/blobs/${DIGEST}`, { kind: 'blob', name: 'a', digest: DIGEST }],
    [`/v2/a/referrers/${DIGEST}`, { kind: 'referrers', name: 'a', digest: DIGEST }],
    ['/v2/a/blobs/uploads/', { kind: 'uploads', name: 'a' }],
    ['/v2/a/blobs/uploads', { kind: 'uploads', name: 'a' }],
    [`/v2/a/blobs/uploads/${ID}`, { kind: 'upload', name: 'a', id: ID }],
    ['/v2/a/blobs/uploads/other', { kind: 'upload', name: 'a', id: 'other' }],
  ])('%s', (target, route) => {
    expect(read(target)).toEqual(route)
  })

  it.each([
    ['/v2/manifests/manifests/manifests', { kind: 'manifest', name: 'manifests', reference: 'manifests' }],
    ['/v2/a/manifests/b/manifests/1', { kind: 'manifest', name: 'a/manifests/b', reference: '1' }],
    ['/v2/a/tags/list/tags/list', { kind: 'tags', name: 'a/tags/list' }],
    ['/v2/blobs/uploads/tags/list', { kind: 'tags', name: 'blobs/uploads' }],
    [`/v2/blobs/blobs/${DIGEST}`, { kind: 'blob', name: 'blobs', digest: DIGEST }],
    [`/v2/a/blobs/uploads/blobs/uploads/${ID}`, { kind: 'upload', name: 'a/blobs/uploads', id: ID }],
    ['/v2/a/blobs/uploads/manifests/1', { kind: 'manifest', name: 'a/blobs/uploads', reference: '1' }],
    ['/v2/token/manifests/1', { kind: 'manifest', name: 'token', reference: '1' }],
  ])('may have names of the words that end them: %s', (target, route) => {
    expect(read(target)).toEqual(route)
  })

  it.each([
    [`/v2/a/blobs/${DIGEST.replace(':', '%3A')}`, { kind: 'blob', name: 'a', digest: DIGEST }],
    [`/v2/a/blobs/${DIGEST.replace(':', '%3a')}?ns=x`, { kind: 'blob', name: 'a', digest: DIGEST }],
    ['/v2/%61/manifests/%31', { kind: 'manifest', name: 'a', reference: '1' }],
  ])('is read as it is decoded, once: %s', (target, route) => {
    expect(read(target)).toEqual(route)
  })

  it.each([
    ['/v2/A/manifests/1', 'NAME_INVALID'],
    ['/v2/a%252Fb/manifests/1', 'NAME_INVALID'],
    ['/v2/../a/manifests/1', 'NAME_INVALID'],
    ['/v2/a//manifests/1', 'NAME_INVALID'],
    ['/v2/a/manifests/%', 'NAME_INVALID'],
    ['/v2/a/manifests/%ff', 'NAME_INVALID'],
    ['/v2/a%00/manifests/1', 'NAME_INVALID'],
    [`/v2/${'a/'.repeat(5000)}manifests/1`, 'NAME_INVALID'],
    ['/v2/a/manifests/.1', 'TAG_INVALID'],
    ['/v2/a/manifests/1%0d%0aX:y', 'DIGEST_INVALID'],
    [`/v2/a/manifests/${'a'.repeat(129)}`, 'TAG_INVALID'],
    ['/v2/a/manifests/sha256:abc', 'DIGEST_INVALID'],
    [`/v2/a/manifests/sha384:${'a'.repeat(96)}`, 'DIGEST_INVALID'],
    ['/v2/a/blobs/latest', 'DIGEST_INVALID'],
    [`/v2/a/blobs/${DIGEST.toUpperCase()}`, 'DIGEST_INVALID'],
    ['/v2/a/referrers/latest', 'DIGEST_INVALID'],
  ])('against a grammar is refused by name: %s', (target, fault) => {
    expect(faultOf(target)).toBe(fault)
  })

  it.each([
    '/v1/',
    '/v2x/',
    '/v2/a',
    '/v2/a/tags',
    '/v2/a/tags/list/',
    '/v2//manifests/',
    '/v2/manifests/1',
    '/v2/a%0d%0aX:y/manifests/1',
    '/',
  ])('that nobody has is none: %s', (target) => {
    expect(routeOf(target)).toBeUndefined()
  })

  it('with a query that the database could not bear is refused', () => {
    for (const query of ['last=%00', 'last=a%00b', 'artifactType=%00']) {
      expect(faultOf(`/v2/a/tags/list?${query}`)).toBe('NAME_INVALID')
    }
    expect(routeOf('/v2/a/tags/list?last=%25%30%30')?.query.get('last')).toBe('%00')
  })
})

const part = fc.constantFrom(
  ...['v2', 'manifests', 'blobs', 'uploads', 'tags', 'list', 'referrers', '_catalog', 'token', 'a', 'mirror'],
  ...['%2F', '%', '%00', '..', '', '?', '#', DIGEST, ID, 'é', '\u{1F600}', '\ud800'],
)

it('whatever the target is, it is a route, none, or a fault of the protocol', () => {
  const target = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part).map((parts) => `/v2/${parts.join('/')}`),
    fc.string().map((text) => `/v2/${text}`),
  )
  fc.assert(
    fc.property(target, (text) => {
      const fault = faultOf(text)
      if (fault === undefined) {
        const route = routeOf(text)
        if (route && 'name' in route) expect(route.name).toMatch(/^[a-z0-9._/-]{1,255}$/)
      } else expect(fault).toMatch(/^(NAME|TAG|DIGEST)_INVALID$/)
    }),
    { numRuns: 1_000 },
  )
})
