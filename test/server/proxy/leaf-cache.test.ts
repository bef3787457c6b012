import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { connect, createServer as createTlsServer, type SecureVersion, TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { type Authority, readAuthority } from '@/server/proxy/authority-pem'
import { LeafCache } from '@/server/proxy/leaf-cache'
import { createRoot } from '@/server/proxy/root'

const DAY = 86_400_000
const start = new Date()
const authority = await newAuthority('Entrepôt CA')

async function newAuthority(commonName: string, validDays = 3650): Promise<Authority> {
  const root = await createRoot({ commonName, organisation: 'Example', now: start, validDays })
  return readAuthority(root.certificatePem, root.privateKeyPem, { now: start })
}

/** A cache whose clock the test moves. */
function newCache(options: { authority?: Authority; capacity?: number; ticketKeys?: Buffer } = {}) {
  const clock = { now: start }
  const cache = new LeafCache({ authority, now: () => clock.now, ...options })
  return {
    cache,
    clock,
    passDays: (days: number) => (clock.now = new Date(clock.now.getTime() + days * DAY)),
  }
}

interface Client {
  host?: string
  trust?: Authority
  session?: Buffer | undefined
  version?: SecureVersion
}

/** One TLS conversation as the proxy holds it: CONNECT has named `host`, so its context is ready before the handshake. */
async function visit(cache: LeafCache, client: Client = {}) {
  const { host = 'files.example.org', trust = authority, session, version = 'TLSv1.3' } = client
  const secureContext = await cache.secureContext(host)
  const server = createServer((socket) => {
    const secure = new TLSSocket(socket, { isServer: true, secureContext })
    secure.on('error', () => secure.destroy())
    secure.end('served')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const versions = { minVersion: version, maxVersion: version }
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername: host,
    ca: trust.anchorPem,
    session,
    ...versions,
  })
  try {
    return await outcome(socket)
  } finally {
    socket.destroy()
    server.close()
  }
}

async function outcome(socket: TLSSocket) {
  let session: Buffer | undefined
  socket.on('session', (ticket) => {
    session = ticket
  })
  const [text] = (await once(socket, 'data')) as [Buffer]
  // Node shows no certificate of a resumed session.
  const names = socket.getPeerCertificate().subjectaltname
  return { text: text.toString(), names, session, resumed: socket.isSessionReused() }
}

describe('LeafCache', () => {
  it('serves each host with a leaf of its own that Node verifies', async () => {
    const { cache } = newCache()
    for (const host of [
      'files.example.org',
      'xn--bcher-kva.example',
      `${'a'.repeat(63)}.${'b'.repeat(63)}.example`,
    ]) {
      const { text, names } = await visit(cache, { host })
      expect(text).toBe('served')
      expect(names).toBe(`DNS:${host}`)
    }
    expect(cache.minted).toBe(3)
  })

  it('mints once for all who ask at once, and never again while the leaf is fresh', async () => {
    const { cache, passDays } = newCache()
    const spellings = ['files.example.org', 'FILES.example.org', 'files.example.org.']
    const contexts = await Promise.all(
      Array.from({ length: 60 }, (_, i) => cache.secureContext(spellings[i % 3] ?? '')),
    )
    expect(new Set(contexts).size).toBe(1)
    passDays(22)
    expect(await cache.secureContext('files.example.org')).toBe(contexts[0])
    expect([cache.minted, cache.size]).toEqual([1, 1])
  })

  it('does so too while an RSA authority signs on the thread pool', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { cache } = newCache({ authority: { ...authority, privateKey } })
    const contexts = await Promise.all(
      Array.from({ length: 20 }, () => cache.secureContext('files.example.org')),
    )
    expect([new Set(contexts).size, cache.minted]).toEqual([1, 1])
  })

  it('replaces a leaf in the last quarter of its life', async () => {
    const { cache, passDays } = newCache()
    const first = await cache.secureContext('files.example.org')
    passDays(22.6)
    expect(await cache.secureContext('files.example.org')).not.toBe(first)
    expect(cache.minted).toBe(2)
  })

  it('keeps the hosts asked for last', async () => {
    const { cache } = newCache({ capacity: 2 })
    for (const host of ['a.example', 'b.example', 'a.example', 'c.example', 'a.example'])
      await cache.secureContext(host)
    expect([cache.minted, cache.size]).toEqual([3, 2])
    await cache.secureContext('b.example')
    expect(cache.minted).toBe(4)
  })

  it.each(['', 'a b', '*.example.org', 'x'.repeat(300), '1.2.3'])(
    'refuses the host name %j and keeps nothing',
    async (host) => {
      const { cache } = newCache()
      await expect(cache.secureContext(host)).rejects.toMatchObject({ code: 'invalid' })
      expect([cache.minted, cache.size]).toEqual([0, 0])
    },
  )

  it('does not keep a failure', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const { cache } = newCache({ authority: { ...authority, privateKey } })
    await expect(cache.secureContext('files.example.org')).rejects.toMatchObject({ code: 'internal' })
    expect(cache.size).toBe(0)
    cache.rotate(authority)
    expect((await visit(cache)).text).toBe('served')
  })

  it('says so when the authority has expired', async () => {
    const { cache, passDays } = newCache({ authority: await newAuthority('Brief CA', 5) })
    await cache.secureContext('files.example.org')
    passDays(5)
    await expect(cache.secureContext('files.example.org')).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('answers from the new authority after a rotation, and lets who waits finish', async () => {
    const { cache } = newCache()
    const next = await newAuthority('Entrepôt CA 2')
    const waiting = cache.secureContext('files.example.org')
    cache.rotate(next)
    expect(await waiting).toBeDefined()
    expect((await visit(cache, { trust: next })).text).toBe('served')
    await expect(visit(cache, { trust: authority })).rejects.toThrow(/unable to verify|self-signed|signature/)
  })
})

describe('TLS sessions', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'are resumed in %s after eviction, renewal and rotation',
    async (version) => {
      const { cache, passDays } = newCache({ capacity: 1 })
      const { session, resumed } = await visit(cache, { version })
      expect(resumed).toBe(false)
      await cache.secureContext('other.example.org')
      passDays(29)
      cache.rotate(await newAuthority('Entrepôt CA 2'))
      expect((await visit(cache, { version, session })).resumed).toBe(true)
    },
  )

  it('are resumed by another process that shares the ticket keys, and by no other', async () => {
    const ticketKeys = randomBytes(48)
    const { session } = await visit(newCache({ ticketKeys }).cache)
    expect((await visit(newCache({ ticketKeys }).cache, { session })).resumed).toBe(true)
    expect((await visit(newCache().cache, { session })).resumed).toBe(false)
  })
})

describe('as an SNICallback', () => {
  it('gives each name its leaf, and ends the handshake of a bad one', async () => {
    const { cache } = newCache()
    const server = createTlsServer({
      SNICallback: (name, done) => cache.secureContext(name).then((context) => done(null, context), done),
    })
    server.on('secureConnection', (socket) => socket.end('served'))
    const refused = once(server, 'tlsClientError')
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const dial = (servername: string) =>
      connect({ port, host: '127.0.0.1', servername, ca: authority.anchorPem })
    try {
      expect((await outcome(dial('files.example.org'))).names).toBe('DNS:files.example.org')
      await expect(outcome(dial('bad..example'))).rejects.toThrow()
      expect(await refused).toMatchObject([{ message: '"bad..example" is not a host name.' }, {}])
    } finally {
      server.close()
    }
  })
})
