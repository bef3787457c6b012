import { describe, expect, it } from 'vitest'
import { judgeKey, type KeyFacts } from '@/server/apt/keys/strength'

const now = new Date('2026-11-21T12:00:00Z')
const day = (count: number) => new Date(now.getTime() + count * 86_400_000)
const good: KeyFacts = {
  ...{ version: 4, parts: [{ algorithm: 'eddsaLegacy', curve: 'ed25519Legacy' }], rejectedHashes: [] },
  ...{ canSign: true, isRevoked: false, createdAt: day(-10), expiresAt: null },
}
const rsa = (bits: number) => ({ parts: [{ algorithm: 'rsaEncryptSign', bits }] })
const curve = (name: string) => ({ parts: [{ algorithm: 'ecdsa', curve: name }] })

describe('judgeKey', () => {
  it.each<[string, Partial<KeyFacts>]>([
    ['Ed25519', {}],
    ['RSA-4096', rsa(4096)],
    ['RSA-3072', rsa(3072)],
    ['P-256', curve('nistP256')],
    ['one that is valid for long', { expiresAt: day(31) }],
  ])('has nothing against %s', (_, facts) => {
    expect(judgeKey({ ...good, ...facts }, now)).toEqual({ refusals: [], warnings: [] })
  })

  it.each<[string, Partial<KeyFacts>, RegExp]>([
    ['DSA', { parts: [{ algorithm: 'dsa', bits: 3072 }] }, /DSA is rejected by apt since 2024-02-01/],
    ['a DSA key whose subkey is RSA', { parts: [{ algorithm: 'dsa' }, ...rsa(4096).parts] }, /DSA/],
    ['ElGamal', { parts: [{ algorithm: 'elgamal' }] }, /makes no signatures/],
    ['RSA-1024', rsa(1024), /RSA of 1024 bits is too short/],
    ['RSA-2047', rsa(2047), /too short/],
    ['a short subkey', { parts: [...rsa(4096).parts, ...rsa(1024).parts] }, /1024/],
    ['secp256k1', curve('secp256k1'), /secp256k1/],
    ['Brainpool', curve('brainpoolP256r1'), /from 2028-02-01/],
    ['SHA-1', { rejectedHashes: ['sha1'] }, /made with SHA-1, which apt rejects since 2026-02-01/],
    ['MD5', { rejectedHashes: ['md5'] }, /MD5/],
    ['SHA-224', { rejectedHashes: ['sha224'] }, /SHA-224/],
    ['version 3', { version: 3 }, /version 3/],
    ['a revoked key', { isRevoked: true, canSign: false }, /^It is revoked\.$/],
    ['an expired key', { expiresAt: day(-1) }, /It expired on 2026-11-20/],
    ['a key that expires now', { expiresAt: now }, /It expired/],
    ['a key of tomorrow', { createdAt: day(1) }, /valid from 2026-11-22 only/],
    ['a key that only encrypts', { canSign: false }, /It cannot sign/],
  ])('refuses %s', (_, facts, reason) => {
    const { refusals } = judgeKey({ ...good, ...facts }, now)
    expect(refusals).toHaveLength(1)
    expect(refusals[0]).toMatch(reason)
  })

  it.each<[string, Partial<KeyFacts>, RegExp]>([
    ['RSA-2048', rsa(2048), /rejected by apt from 2030-02-01/],
    ['a key that ends soon', { expiresAt: day(29) }, /It expires on 2026-12-20/],
    ['version 6', { version: 6 }, /version 6, which gpgv cannot read/],
    ['the form of RFC 9580', { parts: [{ algorithm: 'ed25519' }] }, /gpgv cannot verify/],
  ])('warns of %s', (_, facts, reason) => {
    const { refusals, warnings } = judgeKey({ ...good, ...facts }, now)
    expect(refusals).toEqual([])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(reason)
  })

  it('says everything that is wrong', () => {
    const facts = { ...good, ...rsa(1024), rejectedHashes: ['sha1'], isRevoked: true, expiresAt: day(-1) }
    expect(judgeKey(facts, now).refusals).toHaveLength(4)
  })
})
