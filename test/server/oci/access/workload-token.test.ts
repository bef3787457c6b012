import { createHmac } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  claimsOf,
  faultOfWorkloadToken,
  looksLikeJwt,
  type PinnedIdentity,
} from '@/server/oci/access/workload-token'

const now = new Date('2027-01-01T12:00:00Z')
const seconds = now.getTime() / 1000
const rsa = await generateKeyPair('RS256', { extractable: true })
const ec = await generateKeyPair('ES256', { extractable: true })
const stranger = await generateKeyPair('RS256', { extractable: true })

let identity: PinnedIdentity
beforeAll(async () => {
  identity = {
    issuer: 'https://ci.example.org',
    audience: 'entrepot',
    keys: {
      keys: [
        { ...(await exportJWK(rsa.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' },
        { ...(await exportJWK(ec.publicKey)), kid: 'two', alg: 'ES256' },
      ],
    },
    claims: { sub: 'project:platform/*', protected: true },
  }
})

const good: JWTPayload = {
  iss: 'https://ci.example.org',
  aud: ['entrepot', 'other'],
  sub: 'project:platform/images:main',
  protected: true,
  iat: seconds - 60,
  exp: seconds + 300,
}
const sign = (
  claims: JWTPayload,
  header: Record<string, unknown> = {},
  key: CryptoKey | Uint8Array = rsa.privateKey,
) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key)
const fault = async (token: string) => faultOfWorkloadToken(token, identity, now)

describe('the token of a pipeline', () => {
  it('is taken when a pinned key signed it, whichever', async () => {
    expect(await fault(await sign(good))).toBeUndefined()
    expect(await fault(await sign(good, { alg: 'ES256', kid: 'two' }, ec.privateKey))).toBeUndefined()
    expect(await fault(await sign({ ...good, aud: 'entrepot' }))).toBeUndefined()
  })

  it.each([
    ['another issuer', { iss: 'https://ci.example.org/' }],
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['another subject', { sub: 'project:search/images:main' }],
    ['no subject', { sub: undefined }],
    ['a claim of another value', { protected: false }],
    ['a claim of another type', { protected: 'true' }],
    ['no claim', { protected: undefined }],
    ['an end in the past', { exp: seconds - 31 }],
    ['no end', { exp: undefined }],
    ['a beginning in the future', { nbf: seconds + 31 }],
    ['an age of more than a day', { iat: seconds - 24 * 3600 - 31 }],
    ['no age', { iat: undefined }],
    ['an issue in the future', { iat: seconds + 31 }],
  ])('is refused with %s', async (_title, part) => {
    expect(await fault(await sign({ ...good, ...part }))).toBeTypeOf('string')
  })

  it('bears clocks that differ by 30 seconds', async () => {
    expect(
      await fault(await sign({ ...good, iat: seconds + 20, nbf: seconds + 20, exp: seconds + 60 })),
    ).toBeUndefined()
    expect(await fault(await sign({ ...good, exp: seconds - 20 }))).toBeUndefined()
  })
})

describe('an attack', () => {
  it('with a key that the token brings along is refused', async () => {
    const jwk = await exportJWK(stranger.publicKey)
    for (const header of [
      { jwk },
      { jwk: { ...jwk, kid: 'one' } },
      { jku: 'https://evil.example/keys' },
      { x5u: 'https://evil.example/chain' },
      { x5c: ['MIIB'] },
      { kid: 'unknown', jwk },
    ]) {
      expect(await fault(await sign(good, header, stranger.privateKey)), JSON.stringify(header)).toBeTypeOf(
        'string',
      )
    }
  })

  it('with another key under a pinned kid, or none, is refused', async () => {
    expect(await fault(await sign(good, {}, stranger.privateKey))).toBe('It is not signed by a pinned key.')
    expect(await fault(await sign(good, { kid: undefined }, stranger.privateKey))).toBeTypeOf('string')
    expect(await fault(await sign(good, { kid: 'three' }))).toBe('It is signed by a key that is not pinned.')
  })

  it('without a signature is refused', async () => {
    expect(await fault(new UnsecuredJWT(good).encode())).toBeTypeOf('string')
    const head = Buffer.from(JSON.stringify({ alg: 'none', kid: 'one' })).toString('base64url')
    const body = Buffer.from(JSON.stringify(good)).toString('base64url')
    for (const signature of ['', 'AAAA']) {
      expect(await fault(`${head}.${body}.${signature}`)).toBeTypeOf('string')
    }
  })

  it('with the public key as the secret of HS256 is refused', async () => {
    const pem = await exportSPKI(rsa.publicKey)
    const head = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'one' })).toString('base64url')
    const body = Buffer.from(JSON.stringify(good)).toString('base64url')
    const signature = createHmac('sha256', pem).update(`${head}.${body}`).digest('base64url')
    expect(await fault(`${head}.${body}.${signature}`)).toBe(
      'It is signed by an algorithm that is not taken.',
    )
  })

  it('with another key’s algorithm is refused', async () => {
    expect(await fault(await sign(good, { alg: 'ES256', kid: 'one' }, ec.privateKey))).toBeTypeOf('string')
  })

  it('with changed claims or a critical extension is refused', async () => {
    const [head, , signature] = (await sign(good)).split('.')
    const body = Buffer.from(JSON.stringify({ ...good, jti: 'x' })).toString('base64url')
    expect(await fault(`${head}.${body}.${signature}`)).toBe('It is not signed by a pinned key.')
    const [, rest = ''] = (await sign(good)).split(/\.(.*)/s)
    const critical = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'one', crit: ['x'], x: 1 })).toString(
      'base64url',
    )
    expect(await fault(`${critical}.${rest}`)).toBeTypeOf('string')
  })
})

describe('what could be a token', () => {
  it('is told by its form', async () => {
    expect(looksLikeJwt(await sign(good))).toBe(true)
    for (const text of ['', 'ent_abc', 'correct horse', 'ey.a', 'ey.a.b.c', `ey${'a'.repeat(20_000)}.a.b`]) {
      expect(looksLikeJwt(text)).toBe(false)
    }
  })

  it('is read without being believed', async () => {
    expect(claimsOf(await sign(good, {}, stranger.privateKey))).toMatchObject({ iss: good.iss })
    expect(claimsOf('ey.ey.ey')).toBeUndefined()
  })
})
