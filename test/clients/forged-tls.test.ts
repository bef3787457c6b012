import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Authority, readAuthority } from '@/server/proxy/authority-pem'
import { LeafCache } from '@/server/proxy/leaf-cache'
import { createRoot } from '@/server/proxy/root'
import { type ForgingServer, startForgingServer } from '../support/forging-server'
import { authorityExtensions, makeAuthority } from '../support/openssl'
import { itWith } from '../support/tools'

/* Programs that people use, each with the strictest checks it has, fetch through CONNECT from hosts that do not exist. */

const run = promisify(execFile)
const now = () => new Date()

const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.org`
const names = ['files.example.org', 'xn--bcher-kva.example', long]

interface Visit {
  proxy: ForgingServer
  /** File with the certificate to trust. */
  anchor: string
  host: string
}

interface Client {
  tool: string
  hosts: string[]
  fetch(visit: Visit): Promise<string>
}

const python = `
import http.client, ssl, sys
anchor, port, host = sys.argv[1:]
context = ssl.create_default_context(cafile=anchor)
context.verify_flags |= ssl.VERIFY_X509_STRICT
connection = http.client.HTTPSConnection('127.0.0.1', int(port), context=context)
connection.set_tunnel(host, 443)
connection.request('GET', '/')
print(connection.getresponse().read().decode())
`

const java = `
import java.io.FileInputStream;
import java.net.*;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.*;
public class Fetch {
  public static void main(String[] args) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("anchor", CertificateFactory.getInstance("X.509").generateCertificate(new FileInputStream(args[0])));
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
    Proxy proxy = new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])));
    System.out.print(new String(new URL("https://" + args[2] + "/").openConnection(proxy).getInputStream().readAllBytes()));
  }
}
`

const directory = mkdtempSync(join(tmpdir(), 'entrepot-clients-'))
const file = (name: string, text: string): string => {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

async function output(command: string, args: string[]): Promise<string> {
  const { stdout } = await run(command, args, {
    env: { PATH: process.env.PATH, HOME: directory, NODE_ENV: 'test' },
  })
  return stdout.trim()
}

const clients: Client[] = [
  {
    tool: 'curl',
    hosts: [...names, '192.0.2.7', '[2001:db8::7]'],
    fetch: ({ proxy, anchor, host }) =>
      output('curl', ['-sS', '--proxy', proxy.url, '--cacert', anchor, `https://${host}/`]),
  },
  {
    tool: 'python3',
    hosts: [...names, '192.0.2.7'],
    fetch: ({ proxy, anchor, host }) => output('python3', ['-c', python, anchor, `${proxy.port}`, host]),
  },
  {
    // Debian's wget stands for the clients of GnuTLS.
    tool: 'wget',
    hosts: [...names, '192.0.2.7'],
    fetch: ({ proxy, anchor, host }) =>
      output('wget', [
        '-nv',
        '-O-',
        '-t1',
        `--ca-certificate=${anchor}`,
        '-e',
        `https_proxy=${proxy.url}`,
        `https://${host}/`,
      ]),
  },
  {
    tool: 'java',
    hosts: ['files.example.org', '192.0.2.7'],
    fetch: ({ proxy, anchor, host }) =>
      output('java', [file('Fetch.java', java), anchor, `${proxy.port}`, host]),
  },
]

async function ownRoot(): Promise<Authority> {
  const root = await createRoot({ commonName: 'Entrepôt CA', organisation: 'Example', now: now() })
  return readAuthority(root.certificatePem, root.privateKeyPem, { now: now() })
}

function corporateAuthority(): Promise<Authority> {
  const root = makeAuthority({ key: 'rsa:2048', name: 'Corporate root' })
  const extensions = [...authorityExtensions, 'authorityKeyIdentifier=keyid']
  const issuing = makeAuthority({ key: 'rsa:2048', name: 'Corporate TLS CA', parent: root, extensions })
  return Promise.resolve(readAuthority(issuing.certificate + root.certificate, issuing.key, { now: now() }))
}

afterAll(() => rmSync(directory, { recursive: true }))

describe.each([
  ['our own root', ownRoot],
  ['an imported intermediate RSA authority', corporateAuthority],
])('leaves of %s', (title, makeAuthorityOfKind) => {
  let proxy: ForgingServer
  let anchor: string
  let stranger: string

  beforeAll(async () => {
    const authority = await makeAuthorityOfKind()
    proxy = await startForgingServer(new LeafCache({ authority, now }))
    anchor = file(`${title}.pem`, authority.anchorPem)
    stranger = file('stranger.pem', (await ownRoot()).anchorPem)
  })
  afterAll(() => proxy.close())

  for (const { tool, hosts, fetch } of clients) {
    itWith(tool, `are accepted by ${tool}`, async () => {
      for (const host of hosts) {
        expect(await fetch({ proxy, anchor, host })).toMatch(/^host: /)
      }
    })

    itWith(tool, `are refused by ${tool} when it trusts another root`, async () => {
      await expect(fetch({ proxy, anchor: stranger, host: 'files.example.org' })).rejects.toThrow(
        /Command failed/,
      )
    })
  }
})
