import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { readAuthority } from '@/server/proxy/authority-pem'
import { authorityExtensions, makeAuthority, openssl, withFiles } from '../../support/openssl'

/** A minute ahead: an authority that openssl makes is valid from that second on. */
const now = new Date(Date.now() + 60_000)
const intermediateExtensions = [...authorityExtensions, 'authorityKeyIdentifier=keyid']

const root = makeAuthority({ name: 'Root', key: 'rsa:2048' })
const middle = makeAuthority({
  name: 'Middle',
  parent: root,
  extensions: intermediateExtensions,
  key: 'P-384',
})
const lower = makeAuthority({ name: 'Lower', parent: middle, extensions: intermediateExtensions })
const stranger = makeAuthority({ name: 'Stranger' })

function refusalOf(certificate: string, key: string): { reason: unknown; path: unknown; message: string } {
  try {
    readAuthority(certificate, key, { now })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error
    return { reason: error.detail.reason, path: error.fields[0]?.path, message: error.message }
  }
  throw new Error('nothing was refused')
}

describe('readAuthority', () => {
  it.each(['rsa:2048', 'P-256', 'P-384', 'P-521'] as const)('takes a root with a key of kind %s', (key) => {
    const made = makeAuthority({ key })
    const authority = readAuthority(made.certificate, made.key, { now })
    const x509 = new X509Certificate(made.certificate)
    expect(authority).toMatchObject({
      certificatePem: made.certificate,
      anchorPem: made.certificate,
      chainPem: '',
      subject: 'O=Example, CN=Imported CA',
      fingerprint: x509.fingerprint256,
      notBefore: new Date(x509.validFrom),
      notAfter: new Date(x509.validTo),
    })
  })

  it.each([
    ['PKCS #1', ['rsa', '-traditional'], root],
    ['SEC 1', ['ec'], stranger],
  ])('takes a key in the older form %s', (_, command, made) => {
    const key = openssl(command, made.key)
    expect(key).toContain('BEGIN RSA PRIVATE KEY'.replace('RSA', command[0]?.toUpperCase() ?? ''))
    expect(readAuthority(made.certificate, key, { now }).certificatePem).toBe(made.certificate)
  })

  it('orders a chain by who signed whom, and leaves the root out of what a server sends', () => {
    const bundle = `# exported\n${root.certificate}\r\n${lower.certificate}some text\n${middle.certificate}`
    const authority = readAuthority(bundle, lower.key, { now })
    expect(authority.certificatePem).toBe(lower.certificate)
    expect(authority.chainPem).toBe(lower.certificate + middle.certificate)
    expect(authority.anchorPem).toBe(root.certificate)
  })

  it('overlooks a certificate that is there twice', () => {
    const authority = readAuthority(root.certificate.repeat(2), root.key, { now })
    expect(authority.anchorPem).toBe(root.certificate)
  })

  it('takes an intermediate authority whose root the clients have', () => {
    const authority = readAuthority(lower.certificate + middle.certificate, lower.key, { now })
    expect(authority.chainPem).toBe(lower.certificate + middle.certificate)
    expect(authority.anchorPem).toBe(middle.certificate)
  })

  const encrypted = openssl(['pkcs8', '-topk8', '-passout', 'pass:secret'], root.key)
  const weak = makeAuthority({ key: 'rsa:1024' })
  const edwards = makeAuthority({ key: 'ed25519', name: 'Edwards' })
  const damaged = root.certificate.replace(/\n.{8}/, '\nAAAAAAAA')

  it.each([
    ['no certificate', '', root.key, 'certificate_missing', 'certificate'],
    ['a key for a certificate', root.key, root.key, 'certificate_missing', 'certificate'],
    ['nine certificates', root.certificate.repeat(9), root.key, 'certificate_missing', 'certificate'],
    ['a huge text', root.certificate + ' '.repeat(70_000), root.key, 'certificate_missing', 'certificate'],
    ['a damaged certificate', damaged, root.key, 'certificate_unreadable', 'certificate'],
    ['no key', root.certificate, '', 'key_unreadable', 'privateKey'],
    ['a certificate for a key', root.certificate, root.certificate, 'key_unreadable', 'privateKey'],
    ['an encrypted key', root.certificate, encrypted, 'key_encrypted', 'privateKey'],
    ['an RSA key of 1024 bits', weak.certificate, weak.key, 'key_unsuitable', 'privateKey'],
    ['an Ed25519 key', edwards.certificate, edwards.key, 'key_unsuitable', 'privateKey'],
    ['the key of another kind', root.certificate, stranger.key, 'key_mismatch', 'privateKey'],
    ['the key of another authority', stranger.certificate, lower.key, 'key_mismatch', 'privateKey'],
    [
      'an unrelated certificate',
      root.certificate + stranger.certificate,
      root.key,
      'certificate_unrelated',
      'certificate',
    ],
    [
      'a chain with a gap',
      lower.certificate + root.certificate,
      lower.key,
      'certificate_unrelated',
      'certificate',
    ],
  ])('refuses %s', (_, certificate, key, reason, path) => {
    const refusal = refusalOf(certificate, key)
    expect(refusal).toMatchObject({ reason, path })
    expect(refusal.message).toMatch(/^[A-Z].+\.$/)
  })

  it('says which certificate of a chain is at fault', () => {
    const old = makeAuthority({ name: 'Old root', key: 'rsa:2048', digest: 'sha1' })
    const below = makeAuthority({ name: 'Below', parent: old, extensions: intermediateExtensions })
    const { message, reason } = refusalOf(below.certificate + old.certificate, below.key)
    expect(reason).toBe('weak_signature')
    expect(message).toMatch(/^The certificate of O=Example, CN=Old root is signed with SHA-1/)
  })

  it('agrees with the strict checks of openssl on what it takes', () => {
    const files = [lower.certificate, middle.certificate, root.certificate]
    const answer = withFiles(files, (leaf = '', between = '', anchor = '') =>
      openssl(['verify', '-x509_strict', '-CAfile', anchor, '-untrusted', between, leaf]),
    )
    expect(answer).toMatch(/: OK\n$/)
  })
})
