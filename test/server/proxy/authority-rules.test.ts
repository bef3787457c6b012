import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { readAuthority } from '@/server/proxy/authority-pem'
import { authorityExtensions, makeAuthority, type TestAuthority } from '../../support/openssl'

/** A minute ahead: an authority that openssl makes is valid from that second on. */
const now = new Date(Date.now() + 60_000)
const years = (count: number) => new Date(now.getTime() + count * 365 * 86_400_000)
const [constraints = '', keyUsage = '', keyIdentifier = ''] = authorityExtensions

function faultOf({ certificate, key }: TestAuthority, at = now): unknown {
  try {
    readAuthority(certificate, key, { now: at })
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.code).toBe('invalid')
    expect(error.fields).toEqual([{ path: 'certificate', message: error.message }])
    expect(error.message).toMatch(/^The certificate of O=Example, CN=Imported CA .+\.$/)
    return error.detail.reason
  }
}

describe('the rules for an authority', () => {
  it.each([
    ['not_an_authority', ['basicConstraints=critical,CA:FALSE', keyUsage, keyIdentifier]],
    ['not_an_authority', [keyUsage, keyIdentifier]],
    ['constraints_not_critical', ['basicConstraints=CA:TRUE', keyUsage, keyIdentifier]],
    ['key_usage_missing', [constraints, keyIdentifier]],
    ['may_not_sign', [constraints, 'keyUsage=critical,digitalSignature,cRLSign', keyIdentifier]],
    ['not_for_servers', [...authorityExtensions, 'extendedKeyUsage=clientAuth,emailProtection']],
    ['key_identifier_missing', [constraints, keyUsage, 'subjectKeyIdentifier=none']],
    [undefined, authorityExtensions],
    [undefined, [...authorityExtensions, 'extendedKeyUsage=clientAuth,serverAuth']],
    [undefined, [...authorityExtensions, 'extendedKeyUsage=anyExtendedKeyUsage']],
    [undefined, [...authorityExtensions, 'nameConstraints=critical,permitted;DNS:example.org']],
    [undefined, ['basicConstraints=critical,CA:TRUE,pathlen:0', keyUsage, keyIdentifier]],
  ])('%s from %j', (reason, extensions) => {
    expect(faultOf(makeAuthority({ extensions }))).toBe(reason)
  })

  it('name_missing from an empty subject', () => {
    const { certificate, key } = makeAuthority({ subject: '/' })
    expect(() => readAuthority(certificate, key, { now })).toThrow(
      'The certificate of nobody does not say whose it is',
    )
  })

  it('weak_signature from SHA-1', () => {
    expect(faultOf(makeAuthority({ key: 'rsa:2048', digest: 'sha1' }))).toBe('weak_signature')
  })

  it('expired and not_yet_valid from the clock', () => {
    const authority = makeAuthority()
    expect(faultOf(authority, years(11))).toBe('expired')
    expect(faultOf(authority, years(-1))).toBe('not_yet_valid')
    expect(faultOf(authority, years(9))).toBeUndefined()
  })

  it('issuer_identifier_missing and path_too_long from an intermediate authority', () => {
    const root = makeAuthority()
    const nameless = [...authorityExtensions, 'authorityKeyIdentifier=none']
    const intermediate = makeAuthority({ parent: root, name: 'Imported CA', extensions: nameless })
    expect(faultOf(intermediate)).toBe('issuer_identifier_missing')

    const narrow = makeAuthority({
      extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', keyUsage, keyIdentifier],
    })
    const below = makeAuthority({
      parent: narrow,
      name: 'Lower CA',
      extensions: [...authorityExtensions, 'authorityKeyIdentifier=keyid'],
    })
    expect(faultOf({ key: below.key, certificate: below.certificate + narrow.certificate })).toBe(
      'path_too_long',
    )
  })
})
