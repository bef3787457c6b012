import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readAuthority } from '@/server/proxy/authority-pem'
import { createRoot } from '@/server/proxy/root'
import { openssl, withFiles } from '../../support/openssl'

const now = new Date('2026-08-23T12:00:00Z')
const root = await createRoot({ commonName: 'Entrepôt CA', organisation: 'Example', now })

describe('createRoot', () => {
  it('passes the strict checks of openssl', () => {
    const answer = withFiles([root.certificatePem], (path) =>
      openssl([
        'verify',
        '-x509_strict',
        '-check_ss_sig',
        '-attime',
        `${now.getTime() / 1000}`,
        '-CAfile',
        path,
        path,
      ]),
    )
    expect(answer).toMatch(/: OK\n$/)
  })

  it('states exactly what an authority for leaves needs', () => {
    const text = openssl(['x509', '-noout', '-text', '-nameopt', 'utf8,sep_comma_plus'], root.certificatePem)
    expect(text).toContain('Version: 3 (0x2)')
    expect(text).toContain('X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0\n')
    expect(text).toContain('X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign\n')
    expect(text).toContain('Subject: O=Example,CN=Entrepôt CA\n')
    expect(text).toContain('Issuer: O=Example,CN=Entrepôt CA\n')
    const [, subjectKey] = /X509v3 Subject Key Identifier: \n +([0-9A-F:]+)\n/.exec(text) ?? []
    const [, authorityKey] = /X509v3 Authority Key Identifier: \n +([0-9A-F:]+)\n/.exec(text) ?? []
    expect(subjectKey).toMatch(/^(?:[0-9A-F]{2}:){19}[0-9A-F]{2}$/)
    expect(authorityKey).toBe(subjectKey)
  })

  it('is back-dated by a day and lives ten years, or as long as it is told', async () => {
    const certificate = new X509Certificate(root.certificatePem)
    expect(new Date(certificate.validFrom)).toEqual(new Date('2026-08-22T12:00:00Z'))
    expect(new Date(certificate.validTo)).toEqual(new Date('2036-08-20T12:00:00Z'))
    const brief = await createRoot({ commonName: 'Brief', organisation: '', now, validDays: 2 })
    expect(new Date(new X509Certificate(brief.certificatePem).validTo)).toEqual(
      new Date('2026-08-25T12:00:00Z'),
    )
    expect(new X509Certificate(brief.certificatePem).subject).toBe('CN=Brief')
  })

  it('is read back as an authority with nothing to send above a leaf', () => {
    const authority = readAuthority(root.certificatePem, root.privateKeyPem, { now })
    expect(authority.subject).toBe('O=Example, CN=Entrepôt CA')
    expect(authority.chainPem).toBe('')
    expect(authority.anchorPem).toBe(root.certificatePem)
  })

  it.each([
    ['no name', '', ''],
    ['a name of 65 characters', 'é'.repeat(65), ''],
    ['an organisation of 65 characters', 'CA', 'é'.repeat(65)],
  ])('refuses %s', async (_, commonName, organisation) => {
    await expect(createRoot({ commonName, organisation, now })).rejects.toMatchObject({ code: 'invalid' })
  })
})
