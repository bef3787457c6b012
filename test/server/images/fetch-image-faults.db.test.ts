import { describe, expect, it } from 'vitest'
import { system } from '@/server/auth/permissions'
import { setUpstreamRegistry } from '@/server/images/upstream-registries'
import { RetryLater } from '@/server/tasks/task'
import { buildImage, buildManifest, digestOf } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { fetchingImages, fresh, runImageFetch } from '@/test/support/fetching-images'
import { makeTestTls } from '@/test/support/tls'
import { startRegistry } from '@/test/support/upstream-registry'

const ctx = await openTestContext()
const { registryWith, declared, opened } = fetchingImages(ctx)

describe('signing in', () => {
  it('happens without a name where that suffices, and again when a token runs out', async () => {
    const image = buildImage({ layers: [fresh(), fresh()] })
    const registry = await registryWith(image, { auth: 'token', tokenUses: 2 })
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row.state).toBe('stored')
    const asked = registry.requests.filter(({ url }) => url.startsWith('/token'))
    expect(asked.length).toBeGreaterThan(1)
    expect(asked[0]?.url).toBe('/token?service=test+registry&scope=repository%3Aorg%2Fimg%3Apull')
    expect(asked[0]?.headers.authorization).toBeUndefined()
  })

  it.each(['token', 'basic'] as const)('uses stored credentials (%s)', async (auth) => {
    const image = buildImage({ layers: [fresh()] })
    const credentials = { username: 'robot', password: 'pa:ss' }
    const registry = await registryWith(image, { auth, credentials })
    const id = await declared(registry, image)
    const { image: refused } = await runImageFetch(ctx, id)
    expect(refused).toMatchObject({ state: 'failed', errorCode: 'upstream_refused' })
    expect(refused.error).toMatch(/administrator can store credentials/)
    await setUpstreamRegistry(ctx, system, { registry: registry.name, ...credentials })
    await ctx.db.image.update({ where: { id }, data: { state: 'pending' } })
    expect((await runImageFetch(ctx, id)).image.state).toBe('stored')
  })

  it('happens with whoever asks for it: a registry may send us to another', async () => {
    const image = buildImage({ layers: [fresh()] })
    const behind = await registryWith(image, { auth: 'token' })
    const front = await registryWith(image, {
      auth: 'basic',
      credentials: { username: 'robot', password: 'x' },
    })
    await setUpstreamRegistry(ctx, system, { registry: front.name, username: 'robot', password: 'x' })
    front.behaviour.intercept = ({ url, headers }, response) => {
      if (headers.authorization === undefined) return false
      response.writeHead(307, { location: `${behind.origin}${url}` }).end()
      return true
    }
    expect((await runImageFetch(ctx, await declared(front, image))).image.state).toBe('stored')
    expect(behind.requests.some(({ headers }) => headers.authorization?.startsWith('Basic'))).toBe(false)
  })

  it('never goes to a token service inside the network, nor over plain HTTP outside of it', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image, { auth: 'token', realm: 'http://192.0.2.1/token' })
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row.error).toMatch(/^192\.0\.2\.1 is an address inside a network/)
    registry.behaviour.realm = 'ftp://example.org/token'
    const { image: other } = await runImageFetch(
      ctx,
      await declared(registry, { digest: digestOf(Buffer.from(fresh())) }),
    )
    expect(other.error).toMatch(/not a URL that can be asked/)
  })
})

describe('a registry over TLS', () => {
  it('is asked where its certificate is trusted, and never over plain HTTP instead', async () => {
    const tls = makeTestTls()
    const image = buildImage({ layers: [fresh()] })
    for (const identity of [tls.valid, tls.untrusted]) {
      const registry = await startRegistry({ tls: identity, host: '127.0.0.1' })
      opened.push(registry)
      registry.push('org/img', image)
      const env = { ENTREPOT_UPSTREAM_CA: tls.caFile }
      const { image: row } = await runImageFetch(ctx, await declared(registry, image), { env })
      if (identity === tls.valid) expect(row).toMatchObject({ state: 'stored', error: null })
      else expect(row.error).toMatch(/certificate of 127\.0\.0\.1:\d+ cannot be verified|is not known/)
    }
  })

  it('is not asked over plain HTTP outside of the addresses that are allowed', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image)
    const env = { ENTREPOT_UPSTREAM_ALLOW: ['10.0.0.0/8'] }
    const { image: row } = await runImageFetch(ctx, await declared(registry, image), { env })
    expect(row.error).toMatch(/address inside a network/)
    expect(registry.requests).toEqual([])
  })
})

describe('a blob', () => {
  it('goes on where its transfer broke off', async () => {
    const image = buildImage({
      layers: [Buffer.from(Array.from({ length: 3000 }, () => Math.random() * 256))],
    })
    const registry = await registryWith(image)
    const layer = image.blobs[1]
    registry.behaviour.cut.set(layer?.digest ?? '', 1000)
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row.state).toBe('stored')
    const asked = registry.requests.filter(({ url }) => url.endsWith(layer?.digest ?? ''))
    expect(asked.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=1000-'])
  })

  it('may be elsewhere; nobody there is told who we are', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image, { auth: 'token' })
    const storage = await registryWith(image)
    registry.behaviour.redirect = (digest) => `${storage.origin}/v2/org/img/blobs/${digest}`
    expect((await runImageFetch(ctx, await declared(registry, image))).image.state).toBe('stored')
    expect(storage.requests.length).toBe(2)
    expect(storage.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
  })

  it('is not looked for inside the network', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image)
    registry.behaviour.redirect = () => 'http://10.0.0.1/secret'
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row).toMatchObject({ state: 'failed', errorCode: 'upstream_refused' })
    expect(row.error).toMatch(/10\.0\.0\.1 is an address inside a network/)
  })

  it('with other bytes is refused, and nothing of it is left', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image)
    const layer = image.blobs[1]
    registry.behaviour.wrong.set(layer?.digest ?? '', Buffer.alloc(layer?.size ?? 0, 1))
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row).toMatchObject({ state: 'failed', errorCode: 'digest_mismatch', storedAt: null })
    expect(row.parts.find(({ kind }) => kind === 'layer')?.sha256).toBeNull()
    expect(row.parts.find(({ kind }) => kind === 'manifest')?.sha256).toBeNull()
  })

  it('of another size than its manifest says is refused', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image)
    registry.behaviour.wrong.set(image.blobs[1]?.digest ?? '', Buffer.alloc(5000))
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row).toMatchObject({ state: 'failed', errorCode: 'digest_mismatch' })
    expect(row.error).toMatch(/sends 5000 bytes/)
  })

  it('that is larger than is fetched at all is not begun', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image)
    const env = { ENTREPOT_FETCH_MAX_BYTES: 50 }
    const { image: row } = await runImageFetch(ctx, await declared(registry, image), { env })
    expect(row).toMatchObject({ state: 'failed', errorCode: 'too_large' })
    expect(registry.requests.some(({ url }) => url.includes('/blobs/'))).toBe(false)
  })

  it('that no registry may distribute is left out when it is nowhere', async () => {
    const image = buildImage({ format: 'docker', layers: [fresh()] })
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: digestOf(Buffer.from(fresh())),
      size: 10,
      urls: ['https://192.0.2.1/layer'],
    }
    const layers = [...(image.json.layers as object[]), foreign]
    const windows = buildManifest({
      mediaType: image.mediaType,
      json: { ...image.json, layers },
      blobs: image.blobs,
    })
    const registry = await registryWith(windows)
    const { image: row } = await runImageFetch(ctx, await declared(registry, windows))
    expect(row).toMatchObject({ state: 'stored', partsTotal: 3 })
    expect(row.parts.find(({ digest }) => digest === foreign.digest)).toMatchObject({
      wanted: false,
      sha256: null,
    })
  })
})

describe('a manifest', () => {
  it('with other bytes than its digest says is refused', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image)
    registry.behaviour.wrong.set(image.digest, buildImage({ layers: [fresh()] }).bytes)
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row).toMatchObject({ state: 'failed', errorCode: 'digest_mismatch' })
  })

  it('larger than manifests may be is refused before it is read', async () => {
    const image = buildImage({ layers: [fresh()], annotations: { a: 'x'.repeat(5 * 1024 * 1024) } })
    const registry = await registryWith(image)
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row).toMatchObject({ state: 'failed', errorCode: 'too_large' })
  })

  it('that is not there is told in words', async () => {
    const registry = await registryWith(buildImage())
    const digest = digestOf(Buffer.from(fresh()))
    const { image: row } = await runImageFetch(ctx, await declared(registry, { digest }))
    expect(row.error).toBe(`${registry.name} has no org/img@${digest} (404).`)
  })

  it('is read by its content where its registry names no type', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image, { contentType: 'text/plain; charset=utf-8' })
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row).toMatchObject({ state: 'stored', mediaType: image.mediaType })
  })

  it('of docker’s first format is refused where its digest is not that of its bytes', async () => {
    const mediaType = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
    const first = buildManifest({ mediaType, json: { schemaVersion: 1, fsLayers: [] } })
    const registry = await registryWith(first)
    const digest = digestOf(Buffer.from(fresh()))
    registry.behaviour.intercept = ({ url }, response) => {
      if (!url?.endsWith(digest)) return false
      response.writeHead(200, { 'content-type': mediaType }).end(first.bytes)
      return true
    }
    const { image: row } = await runImageFetch(ctx, await declared(registry, { digest }))
    expect(row.error).toMatch(/only in docker’s first image format/)
  })
})

describe('a registry that lets nobody ask so often', () => {
  it('is asked again when it said', async () => {
    const image = buildImage({ layers: [fresh()] })
    const registry = await registryWith(image)
    registry.behaviour.intercept = (_request, response) => {
      response.writeHead(429, { 'retry-after': '120' }).end()
      return true
    }
    const before = Date.now()
    const { error, image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(error).toBeInstanceOf(RetryLater)
    expect(row).toMatchObject({ state: 'pending', errorCode: 'rate_limited' })
    const wait = (row.nextAttemptAt?.getTime() ?? 0) - before
    expect(wait).toBeGreaterThanOrEqual(120_000)
  })
})
