import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  canSignCertificates,
  certificatePem,
  distinguishedName,
  keyIdentifier,
  leafConstraints,
  signCertificate,
} from '@/server/proxy/certificates'
import { openssl } from '../../support/openssl'

const keys = {
  'RSA 2048': generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
}

const spki = keys['P-256'].publicKey.export({ type: 'spki', format: 'der' })

function sample(changes: { notAfter?: string; subject?: Buffer } = {}) {
  return {
    issuer: distinguishedName({ commonName: 'Zertifikate für alle', organisation: 'Büro & Söhne' }),
    subject: changes.subject ?? distinguishedName({ commonName: '', organisation: '' }),
    validity: {
      notBefore: new Date('2026-02-03T04:05:06Z'),
      notAfter: new Date(changes.notAfter ?? '2026-03-01T00:00:00Z'),
    },
    publicKey: spki,
    extensions: [leafConstraints()],
  }
}

describe('signCertificate', () => {
  it.each([
    ['RSA 2048', 'sha256WithRSAEncryption'],
    ['P-256', 'ecdsa-with-SHA256'],
    ['P-384', 'ecdsa-with-SHA384'],
    ['P-521', 'ecdsa-with-SHA512'],
  ] as const)('signs with %s', async (kind, algorithm) => {
    const { publicKey, privateKey } = keys[kind]
    const der = await signCertificate(sample(), privateKey)
    expect(new X509Certificate(der).verify(publicKey)).toBe(true)
    expect(openssl(['x509', '-noout', '-text'], certificatePem(der))).toContain(
      `Signature Algorithm: ${algorithm}`,
    )
  })

  it('refuses a key that TLS clients do not know', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    expect(canSignCertificates(privateKey)).toBe(false)
    await expect(signCertificate(sample(), privateKey)).rejects.toThrow('ed25519')
  })

  it('takes names and key in byte for byte', async () => {
    const certificate = new X509Certificate(await signCertificate(sample(), keys['P-256'].privateKey))
    expect(certificate.issuer).toBe('O=Büro & Söhne\nCN=Zertifikate für alle')
    expect(certificate.subject).toBeUndefined()
    expect(certificate.publicKey.equals(keys['P-256'].publicKey)).toBe(true)
  })

  it.each([
    ['2049-12-31T23:59:59Z', '170d3439313233313233353935395a'],
    ['2050-01-01T00:00:00Z', '180f32303530303130313030303030305a'],
  ])('writes the time %s as RFC 5280 §4.1.2.5 wants', async (notAfter, encoded) => {
    const der = await signCertificate(sample({ notAfter }), keys['P-256'].privateKey)
    expect(der.toString('hex')).toContain(encoded)
    expect(new Date(new X509Certificate(der).validTo)).toEqual(new Date(notAfter))
  })

  it('gives every certificate its own positive serial number of 16 octets', async () => {
    const serials = new Set<string>()
    for (let count = 0; count < 50; count += 1) {
      const { serialNumber } = new X509Certificate(await signCertificate(sample(), keys['P-256'].privateKey))
      expect(serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/)
      serials.add(serialNumber)
    }
    expect(serials.size).toBe(50)
  })
})

describe('keyIdentifier', () => {
  it('is 20 octets that depend on the key alone', () => {
    const other = keys['P-384'].publicKey.export({ type: 'spki', format: 'der' })
    expect(keyIdentifier(spki)).toHaveLength(20)
    expect(keyIdentifier(Buffer.from(spki))).toEqual(keyIdentifier(spki))
    expect(keyIdentifier(other)).not.toEqual(keyIdentifier(spki))
  })
})

describe('certificatePem', () => {
  it('is the text that openssl writes', async () => {
    const pem = certificatePem(await signCertificate(sample(), keys['P-256'].privateKey))
    expect(pem).toBe(openssl(['x509'], pem))
  })
})
