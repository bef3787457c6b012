import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { makeAuthority, openssl, type TestAuthority, withFiles } from '@/test/support/openssl'

/** What a TLS server needs. */
export interface ServerIdentity {
  cert: string
  key: string
}

export interface TestTls {
  /** Path of the authority's PEM certificate: for `ENTREPOT_UPSTREAM_CA`, `curl --cacert` and the like. */
  caFile: string
  /** Valid for localhost, 127.0.0.1 and ::1. */
  valid: ServerIdentity
  /** The same, but its time is over. */
  expired: ServerIdentity
  /** For another name. */
  misnamed: ServerIdentity
  /** From an authority that nobody trusts. */
  untrusted: ServerIdentity
}

/** An authority of a test file's own, with server certificates good and bad. Made by openssl, gone after the file. */
export function makeTestTls(): TestTls {
  const directory = mkdtempSync(join(tmpdir(), 'entrepot-tls-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  const authority = makeAuthority({ name: 'Upstream test CA' })
  const caFile = join(directory, 'upstream-ca.pem')
  writeFileSync(caFile, authority.certificate)
  const here = 'DNS:localhost,IP:127.0.0.1,IP:::1'
  return {
    caFile,
    valid: issue(authority, { names: here, days: 30 }),
    expired: issue(authority, { names: here, days: 0 }),
    misnamed: issue(authority, { names: 'DNS:elsewhere.example.org', days: 30 }),
    untrusted: issue(makeAuthority({ name: 'Nobody' }), { names: here, days: 30 }),
  }
}

function issue(authority: TestAuthority, { names, days }: { names: string; days: number }): ServerIdentity {
  const key = openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'])
  const extensions = [
    `subjectAltName=${names}`,
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=serverAuth',
    'authorityKeyIdentifier=keyid',
    'subjectKeyIdentifier=hash',
  ]
  const cert = withFiles(
    [key, `[server]\n${extensions.join('\n')}\n`, authority.certificate, authority.key],
    (keyFile = '', config = '', issuer = '', issuerKey = '') => {
      const request = openssl(['req', '-new', '-key', keyFile, '-subj', '/CN=Upstream'])
      const signer = [
        '-CA',
        issuer,
        '-CAkey',
        issuerKey,
        '-set_serial',
        `${Math.floor(Math.random() * 2 ** 40)}`,
      ]
      const extras = ['-extfile', config, '-extensions', 'server', '-days', `${days}`]
      return openssl(['x509', '-req', ...signer, ...extras], request)
    },
  )
  return { cert, key }
}
