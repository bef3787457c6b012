import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestAuthority } from '@/test/support/openssl'
import { makeAuthority } from '@/test/support/openssl'

export interface HeldUpstream {
  /** Such as `https://localhost:40123`. */
  origin: string
  /** What is served under every path. */
  bytes: Buffer
  sha256: string
  /** Lets the second half of the bytes go, for those that wait and all that come. */
  release(): void
  /** Ends for good: nothing answers at its port any more. */
  close(): Promise<void>
}

/** A certificate authority that the installation is told to trust upstream. */
export interface UpstreamTrust {
  authority: TestAuthority
  /** For `ENTREPOT_UPSTREAM_CA`. */
  file: string
  remove(): void
}

/** Makes an authority for upstream servers, in a file. */
export function makeUpstreamTrust(): UpstreamTrust {
  const authority = makeAuthority({ name: 'Upstream' })
  const directory = mkdtempSync(join(tmpdir(), 'entrepot-upstream-'))
  const file = join(directory, 'ca.pem')
  writeFileSync(file, authority.certificate)
  return { authority, file, remove: () => rmSync(directory, { recursive: true }) }
}

const SIZE = 3_000_000

/** A real server on loopback with a certificate of `trust`. It holds back the second half of each file until released. */
export async function startHeldUpstream(trust: UpstreamTrust): Promise<HeldUpstream> {
  const { certificate: cert, key } = makeAuthority({
    name: 'localhost',
    parent: trust.authority,
    extensions: [
      'basicConstraints=critical,CA:FALSE',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      'extendedKeyUsage=serverAuth',
    ],
  })
  const bytes = randomBytes(SIZE)
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const server = createServer({ cert, key }, async (_, response) => {
    response.writeHead(200, {
      'content-type': 'application/gzip',
      'content-length': bytes.length,
      'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
    })
    response.write(bytes.subarray(0, SIZE / 2))
    await released
    response.end(bytes.subarray(SIZE / 2))
  })
  server.listen(0)
  await once(server, 'listening')
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    release,
    close: () => close(server),
  }
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}
