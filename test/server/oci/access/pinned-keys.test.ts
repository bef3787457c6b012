import { exportJWK, generateKeyPair, generateSecret } from 'jose'
import { describe, expect, it } from 'vitest'
import { readPinnedKeys } from '@/server/oci/access/pinned-keys'

const jwk = async (alg: string, options = {}, kind: 'publicKey' | 'privateKey' = 'publicKey') => {
  const pair = await generateKeyPair(alg, { extractable: true, ...options })
  return { ...(await exportJWK(pair[kind])) } as Record<string, unknown>
}
const refused = (message: RegExp, at = 0) =>
  expect.objectContaining({
    code: 'invalid',
    fields: [{ path: `keys.keys.${at}`, message: expect.stringMatching(message) }],
  })

describe('keys that are pinned', () => {
  it.each(['RS256', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])('may be for %s', async (alg) => {
    const key = await jwk(alg)
    expect(await readPinnedKeys([key])).toEqual({ keys: [key] })
    expect(await readPinnedKeys([{ ...key, alg, kid: 'one', use: 'sig' }])).toMatchObject({
      keys: [{ kid: 'one' }],
    })
  })

  it('keep nothing that is not needed', async () => {
    const key = await jwk('ES256')
    const given = { ...key, x5c: ['MIIB'], x5u: 'https://evil.example', jku: 'https://evil.example', note: 1 }
    expect(await readPinnedKeys([given])).toEqual({ keys: [key] })
  })

  it('are never private or secret', async () => {
    const secret = (await exportJWK(await generateSecret('HS256', { extractable: true }))) as Record<
      string,
      unknown
    >
    await expect(readPinnedKeys([secret])).rejects.toEqual(refused(/secrets are not taken/))
    for (const alg of ['RS256', 'ES256', 'EdDSA']) {
      const key = await jwk(alg, {}, 'privateKey')
      await expect(readPinnedKeys([key]), alg).rejects.toEqual(refused(/private key/))
    }
  })

  it('are strong enough and can be read', async () => {
    const weak = { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(128, 0xff).toString('base64url') }
    await expect(readPinnedKeys([weak])).rejects.toEqual(refused(/2048 bits/))
    const good = await jwk('ES256')
    for (const bad of [
      {},
      { kty: 'EC' },
      { ...good, crv: 'P-999' },
      { ...good, x: 'AA' },
      { kty: 'OKP', crv: 'X25519' },
    ]) {
      await expect(readPinnedKeys([good, bad]), JSON.stringify(bad)).rejects.toEqual(refused(/./, 1))
    }
    await expect(readPinnedKeys([{ ...good, use: 'enc' }])).rejects.toEqual(refused(/not for signatures/))
    await expect(readPinnedKeys([{ ...good, alg: 'HS256' }])).rejects.toMatchObject({ code: 'invalid' })
  })

  it('have names of their own', async () => {
    const keys = [
      { ...(await jwk('ES256')), kid: 'one' },
      { ...(await jwk('ES256')), kid: 'one' },
    ]
    await expect(readPinnedKeys(keys)).rejects.toEqual(refused(/same “kid”/))
  })
})
