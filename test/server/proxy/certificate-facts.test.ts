import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { readCertificateFacts } from '@/server/proxy/certificate-facts'
import { authorityExtensions, makeAuthority } from '../../support/openssl'

const der = (pem: string) => new X509Certificate(pem).raw

describe('readCertificateFacts', () => {
  it('reads what openssl wrote', () => {
    const { certificate } = makeAuthority({
      extensions: [
        'basicConstraints=critical,CA:TRUE,pathlen:3',
        'keyUsage=keyCertSign',
        'subjectKeyIdentifier=0A0B0C',
      ],
    })
    const facts = readCertificateFacts(der(certificate))
    expect(facts).toMatchObject({
      signatureIsStrong: true,
      basicConstraints: { critical: true, authority: true, pathLength: 3 },
      keyUsage: 0x04,
      subjectKeyIdentifier: Buffer.from([10, 11, 12]),
      hasAuthorityKeyIdentifier: false,
    })
    expect(facts.subject.toString('latin1')).toContain('Imported CA')
  })

  it('tells what is absent from what is false', () => {
    const { certificate } = makeAuthority({
      extensions: ['basicConstraints=CA:FALSE', 'subjectKeyIdentifier=none'],
    })
    expect(readCertificateFacts(der(certificate))).toMatchObject({
      basicConstraints: { critical: false, authority: false, pathLength: undefined },
      keyUsage: undefined,
      subjectKeyIdentifier: undefined,
    })
  })

  it.each([
    ['sha1', false],
    ['sha256', true],
  ] as const)('judges a signature with %s', (digest, strong) => {
    const { certificate } = makeAuthority({ key: 'rsa:2048', digest })
    expect(readCertificateFacts(der(certificate)).signatureIsStrong).toBe(strong)
  })

  it.each([
    ['sha1', false],
    ['sha384', true],
  ] as const)('judges an RSA-PSS signature with %s', (digest, strong) => {
    const { certificate } = makeAuthority({ key: 'rsa:2048', digest, padding: 'pss' })
    expect(readCertificateFacts(der(certificate)).signatureIsStrong).toBe(strong)
  })

  it('refuses damaged bytes and never fails otherwise', () => {
    const sound = der(makeAuthority({ extensions: authorityExtensions }).certificate)
    fc.assert(
      fc.property(
        fc.nat({ max: sound.length - 1 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: 20 }),
        (index, octet, cut) => {
          const bytes = Buffer.from(sound.subarray(0, sound.length - cut))
          bytes[Math.min(index, bytes.length - 1)] = octet
          try {
            readCertificateFacts(bytes)
          } catch (error) {
            expect(error).toBeInstanceOf(AppError)
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})
