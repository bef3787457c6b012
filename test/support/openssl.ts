import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs the openssl program; its standard output, or an Error with what it complained of. */
export function openssl(args: string[], input = ''): string {
  return execFileSync('openssl', args, { input, encoding: 'utf8', stdio: 'pipe' })
}

/** Calls `use` with the paths of files that hold `texts`, and removes them afterwards. */
export function withFiles<T>(texts: string[], use: (...paths: string[]) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'entrepot-pem-'))
  try {
    const paths = texts.map((text, index) => {
      const path = join(directory, `${index}.pem`)
      writeFileSync(path, text, { mode: 0o600 })
      return path
    })
    return use(...paths)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

export interface TestAuthority {
  certificate: string
  key: string
}

interface AuthorityOptions {
  key?: 'rsa:1024' | 'rsa:2048' | 'P-256' | 'P-384' | 'P-521' | 'ed25519'
  /** The common name; the organisation is Example. */
  name?: string
  /** The whole subject as openssl writes it, in place of the name. */
  subject?: string
  /** Lines of an openssl extension section. */
  extensions?: string[]
  digest?: 'sha1' | 'sha256' | 'sha384'
  /** How an RSA key signs; PKCS #1 v1.5 unless told. */
  padding?: 'pss'
  parent?: TestAuthority
}

export const authorityExtensions = [
  'basicConstraints=critical,CA:TRUE',
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
]

/** An authority as an organisation would bring it: made by openssl, not by us. Without `parent` it is a root. */
export function makeAuthority(options: AuthorityOptions = {}): TestAuthority {
  const { name = 'Imported CA', extensions = authorityExtensions, digest = 'sha256', parent } = options
  const padding = options.padding === undefined ? [] : ['-sigopt', `rsa_padding_mode:${options.padding}`]
  const key = makeKey(options.key ?? 'P-256')
  const config = `[req]\ndistinguished_name=name\n[name]\n[extensions]\n${extensions.join('\n')}\n`
  const subject = [
    '-config',
    '{config}',
    '-subj',
    options.subject ?? `/O=Example/CN=${name}`,
    `-${digest}`,
    '-key',
    '{key}',
    ...padding,
  ]
  const run = (args: string[], input: string) =>
    withFiles([config, key, parent?.certificate ?? '', parent?.key ?? ''], (...paths) => {
      const places = ['{config}', '{key}', '{parent}', '{parentKey}']
      return openssl(
        args.map((each) => paths[places.indexOf(each)] ?? each),
        input,
      )
    })
  if (parent === undefined) {
    return {
      key,
      certificate: run(['req', '-x509', '-days', '3650', '-extensions', 'extensions', ...subject], ''),
    }
  }
  const request = run(['req', '-new', ...subject], '')
  const issuer = ['-CA', '{parent}', '-CAkey', '{parentKey}', '-set_serial', '77']
  const lifetime = ['-days', '3000', `-${digest}`, '-extfile', '{config}', '-extensions', 'extensions']
  return { key, certificate: run(['x509', '-req', ...issuer, ...lifetime], request) }
}

function makeKey(kind: string): string {
  if (kind.startsWith('rsa:'))
    return openssl(['genpkey', '-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${kind.slice(4)}`])
  if (kind === 'ed25519') return openssl(['genpkey', '-algorithm', 'ED25519'])
  return openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${kind}`])
}
