import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Authority, readAuthority } from '@/server/proxy/authority-pem'
import { certificatePem } from '@/server/proxy/certificates'
import { issueLeaf, leafValidity } from '@/server/proxy/leaf'
import { createRoot } from '@/server/proxy/root'
import {
  authorityExtensions,
  makeAuthority,
  openssl,
  type TestAuthority,
  withFiles,
} from '../../support/openssl'

const DAY = 86_400_000
/** A minute ahead: an authority that openssl makes is valid from that second on. */
const now = new Date(Date.now() + 60_000)
const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  type: 'spki',
  format: 'der',
})

const own = await createRoot({ commonName: 'Entrepôt CA', organisation: 'Example', now })
const issuer = readAuthority(own.certificatePem, own.privateKeyPem, { now })

async function issue(names: string[], by: Authority = issuer): Promise<string> {
  return certificatePem((await issueLeaf({ issuer: by, names, publicKey, now })).der)
}

/** What `openssl verify` says of a leaf under the strictest rules, as a client that trusts only the anchor. */
function verifyStrictly(leaf: string, authority: Authority, check: string[] = []): string {
  return withFiles([authority.anchorPem, authority.chainPem, leaf], (anchor = '', chain = '', path = '') => {
    const between = authority.chainPem === '' ? [] : ['-untrusted', chain]
    return openssl([
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      ...check,
      '-CAfile',
      anchor,
      ...between,
      path,
    ])
  })
}

describe('issueLeaf', () => {
  it('states exactly what a strict client needs', async () => {
    const text = openssl(
      ['x509', '-noout', '-text'],
      await issue(['files.example.org', '192.0.2.7', '2001:db8::7']),
    )
    expect(text).toContain('Version: 3 (0x2)')
    expect(text).toContain('Subject: \n')
    expect(text).toContain(
      'X509v3 Subject Alternative Name: critical\n' +
        '                DNS:files.example.org, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7\n',
    )
    expect(text).toContain('X509v3 Basic Constraints: critical\n                CA:FALSE\n')
    expect(text).toContain('X509v3 Key Usage: critical\n                Digital Signature\n')
    expect(text).toContain('X509v3 Extended Key Usage: \n                TLS Web Server Authentication\n')
    expect(text).toContain('X509v3 Subject Key Identifier: \n')
    const identifier = /X509v3 Authority Key Identifier: \n +([0-9A-F:]+)\n/.exec(text)?.[1]
    expect(identifier?.replaceAll(':', '').toLowerCase()).toBe(issuer.keyIdentifier.toString('hex'))
    expect(text.match(/X509v3 /g)).toHaveLength(7)
  })

  it.each([
    ['a name', 'files.example.org', ['-verify_hostname', 'files.example.org']],
    ['an international name', 'bücher.example', ['-verify_hostname', 'xn--bcher-kva.example']],
    ['a name longer than a common name may be', `${'a'.repeat(60)}.${'b'.repeat(60)}.example`, []],
    ['an IPv4 address', '192.0.2.7', ['-verify_ip', '192.0.2.7']],
    ['an IPv6 address', '[2001:db8::7]', ['-verify_ip', '2001:db8::7']],
  ])('passes the strict checks of openssl for %s', async (_, name, check) => {
    expect(verifyStrictly(await issue([name]), issuer, check)).toMatch(/: OK\n$/)
  })

  it('is refused by openssl for another host', async () => {
    const leaf = await issue(['files.example.org'])
    expect(() => verifyStrictly(leaf, issuer, ['-verify_hostname', 'other.example.org'])).toThrow(
      'hostname mismatch',
    )
  })

  const above = makeAuthority({ key: 'rsa:2048', name: 'Corporate root' })
  const between = (extensions: string[]): TestAuthority => {
    const made = makeAuthority({
      parent: above,
      extensions: [...authorityExtensions, 'authorityKeyIdentifier=keyid', ...extensions],
    })
    return { key: made.key, certificate: made.certificate + above.certificate }
  }
  const imported: [string, TestAuthority][] = [
    ['an RSA root', makeAuthority({ key: 'rsa:2048' })],
    ['a P-384 root', makeAuthority({ key: 'P-384' })],
    ['a P-521 root', makeAuthority({ key: 'P-521' })],
    [
      'a root with a key identifier of its own',
      makeAuthority({ extensions: [...authorityExtensions.slice(0, 2), 'subjectKeyIdentifier=0102030405'] }),
    ],
    ['an intermediate authority', between([])],
    [
      'an authority constrained to names',
      between([
        'nameConstraints=critical,permitted;DNS:example.org,permitted;dirName:allowed',
        '[allowed]',
        'O=Example',
      ]),
    ],
  ]

  it.each(imported)('passes the strict checks of openssl under %s', async (_, { certificate, key }) => {
    const authority = readAuthority(certificate, key, { now })
    const leaf = await issue(['files.example.org'], authority)
    expect(verifyStrictly(leaf, authority, ['-verify_hostname', 'files.example.org'])).toMatch(/: OK\n$/)
  })

  it('lets a constrained authority vouch for nothing else', async () => {
    const { certificate, key } = between(['nameConstraints=critical,permitted;DNS:example.org'])
    const authority = readAuthority(certificate, key, { now })
    const leaf = await issue(['files.example.test'], authority)
    expect(() => verifyStrictly(leaf, authority)).toThrow('permitted subtree violation')
  })

  it('names every valid host as it is, and nothing more', async () => {
    const underscored = fc.stringMatching(/^[a-z0-9_]{1,30}$/).map((label) => `${label}.example.org`)
    const international = fc.stringMatching(/^[a-zäöüßабв中文]{1,12}$/).map((label) => `${label}.example`)
    const hosts = fc.oneof(
      fc.domain(),
      underscored,
      international.filter((host) => domainToASCII(host) !== ''),
    )
    await fc.assert(
      fc.asyncProperty(hosts, async (host) => {
        const { subjectAltName } = new X509Certificate(await issue([host]))
        expect(subjectAltName).toBe(`DNS:${domainToASCII(host) || host}`)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['no name', [], 'at least one host name'],
    [
      'a host name of 300 characters',
      [Array.from({ length: 50 }, () => 'abcde').join('.')],
      'is not a host name',
    ],
    ['a wildcard', ['*.example.org'], 'is not a host name'],
    ['one bad name among good ones', ['example.org', 'a b'], '"a b" is not a host name'],
  ])('refuses %s', async (_, names, message) => {
    await expect(issue(names)).rejects.toThrow(message)
  })
})

describe('leafValidity', () => {
  const at = (days: number) => new Date(now.getTime() + days * DAY)
  const wholeSecond = Math.floor(now.getTime() / 1000) * 1000

  it('starts a day ago and stays within 47 days', async () => {
    const { notBefore, notAfter } = leafValidity(issuer, now)
    expect(wholeSecond - notBefore.getTime()).toBe(DAY)
    expect(notAfter.getTime() - notBefore.getTime()).toBeLessThan(47 * DAY)
    const certificate = new X509Certificate(await issue(['example.org']))
    expect([new Date(certificate.validFrom), new Date(certificate.validTo)]).toEqual([notBefore, notAfter])
  })

  it('never reaches outside the life of its authority', () => {
    const authority = { notBefore: at(-0.5), notAfter: at(3) }
    expect(leafValidity(authority, now)).toEqual(authority)
  })

  it('is refused once the authority has expired', () => {
    const authority = { notBefore: at(-10), notAfter: new Date('2026-01-02T00:00:00Z') }
    expect(() => leafValidity(authority, authority.notAfter)).toThrow(
      'The certificate authority expired on 2026-01-02',
    )
  })
})
