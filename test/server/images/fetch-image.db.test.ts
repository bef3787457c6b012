import { afterEach, describe, expect, it, vi } from 'vitest'
import { system } from '@/server/auth/permissions'
import { setUpstreamRegistry } from '@/server/images/upstream-registries'
import { RetryLater } from '@/server/tasks/task'
import {
  type BuiltImage,
  buildArtifact,
  buildImage,
  buildIndex,
  buildManifest,
  digestOf,
} from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { declareImageRow, runImageFetch } from '@/test/support/fetching-images'
import { makeTestTls } from '@/test/support/tls'
import { type Behaviour, startRegistry, type UpstreamRegistry } from '@/test/support/upstream-registry'

const ctx = await openTestContext()
const opened: UpstreamRegistry[] = []
afterEach(async () => {
  for (const registry of opened.splice(0)) await registry.close()
})

async function registryWith(image: BuiltImage, behaviour: Partial<Behaviour> = {}, tag?: string) {
  const registry = await startRegistry({ behaviour })
  opened.push(registry)
  registry.push('org/img', image, tag)
  return registry
}

async function declared(
  { name }: UpstreamRegistry,
  { digest }: { digest: string },
  platforms: string[] = [],
) {
  return declareImageRow(ctx, { registry: name, repository: 'org/img', digest, platforms })
}

let seed = 0
/** Contents that no other test has stored. */
function fresh(): string {
  seed += 1
  return `content ${seed} ${Math.random()}`
}

function multiArch(format: 'oci' | 'docker' = 'oci') {
  const images = ['linux/amd64', 'linux/arm64/v8', 'linux/arm/v7'].map((platform) =>
    buildImage({ format, platform, layers: [fresh(), fresh()] }),
  )
  return { images, index: buildIndex(images, { format }) }
}

describe('an image', () => {
  it.each(['oci', 'docker'] as const)('in the format of %s comes whole', async (format) => {
    const image = buildImage({ format, layers: [fresh(), fresh()] })
    const registry = await registryWith(image)
    const { error, image: row, progress } = await runImageFetch(ctx, await declared(registry, image))
    expect(error).toBeUndefined()
    expect(row).toMatchObject({ state: 'stored', mediaType: image.mediaType, partsDone: 4, partsTotal: 4 })
    expect(row.size).toBe(BigInt(image.size + image.blobs.reduce((sum, { size }) => sum + size, 0)))
    expect(row.parts.map(({ kind, wanted, sha256 }) => [kind, wanted, sha256 !== null]).sort()).toEqual([
      ['config', true, true],
      ['layer', true, true],
      ['layer', true, true],
      ['manifest', true, true],
    ])
    expect(progress.at(-1)).toMatchObject({ done: Number(row.size), total: Number(row.size), unit: 'bytes' })
  })

  it('with SHA-512 digests comes whole, and shares what it has with the next', async () => {
    const image = buildImage({ algorithm: 'sha512', layers: [fresh()] })
    const registry = await registryWith(image)
    expect((await runImageFetch(ctx, await declared(registry, image))).image.state).toBe('stored')
    registry.push('org/other', image)
    const id = await declareImageRow(ctx, {
      registry: registry.name,
      repository: 'org/other',
      digest: image.digest,
    })
    expect((await runImageFetch(ctx, id)).image.state).toBe('stored')
    expect(registry.pulls(image.blobs[1]?.digest ?? '')).toBe(1)
  })

  it('brings all platforms of its index, and nested ones', async () => {
    const { images, index } = multiArch()
    const nested = buildIndex([index, buildImage({ platform: 'linux/s390x', layers: [fresh()] })])
    const registry = await registryWith(nested)
    const { image: row } = await runImageFetch(ctx, await declared(registry, nested))
    expect(row).toMatchObject({ state: 'stored', partsTotal: 2 + 3 * 4 + 3 })
    const platforms = row.parts.filter(({ kind }) => kind === 'manifest').map(({ platform }) => platform)
    expect(platforms.sort()).toEqual(['linux/amd64', 'linux/arm/v7', 'linux/arm64/v8', 'linux/s390x'])
    expect(registry.pulls(images[0]?.digest ?? '')).toBeGreaterThan(0)
  })

  it('brings chosen platforms, and notes the others as not mirrored', async () => {
    const { images, index } = multiArch('docker')
    const registry = await registryWith(index)
    const id = await declared(registry, index, ['linux/arm64'])
    const { image: row } = await runImageFetch(ctx, id)
    expect(row).toMatchObject({ state: 'stored', partsTotal: 5, partsDone: 5 })
    const children = row.parts.filter(({ kind }) => kind === 'manifest')
    expect(children.map(({ wanted, sha256 }) => [wanted, sha256 !== null])).toEqual([
      [false, false],
      [true, true],
      [false, false],
    ])
    expect(registry.pulls(images[0]?.digest ?? '')).toBe(0)

    await ctx.db.image.update({
      where: { id },
      data: { platforms: ['linux/arm64', 'linux/amd64'], state: 'pending' },
    })
    const { image: wider } = await runImageFetch(ctx, id)
    expect(wider).toMatchObject({ state: 'stored', partsTotal: 9, storedAt: row.storedAt })
    expect(registry.pulls(images[1]?.blobs[1]?.digest ?? '')).toBe(1)
  })

  it('says which platforms there are when a chosen one is not', async () => {
    const { index } = multiArch()
    const registry = await registryWith(index)
    const { image: row } = await runImageFetch(ctx, await declared(registry, index, ['linux/riscv64']))
    expect(row.state).toBe('failed')
    expect(row.error).toBe(
      'The index has no linux/riscv64. It has: linux/amd64, linux/arm/v7, linux/arm64/v8.',
    )
  })

  it('takes attestations with the platform that they are about', async () => {
    const [one, two] = [
      buildImage({ layers: [fresh()] }),
      buildImage({ platform: 'linux/arm64', layers: [fresh()] }),
    ]
    const [first, second] = [one, two].map(() =>
      buildImage({ platform: 'unknown/unknown', layers: [fresh()] }),
    )
    const about = ({ digest }: BuiltImage) => ({
      annotations: {
        'vnd.docker.reference.digest': digest,
        'vnd.docker.reference.type': 'attestation-manifest',
      },
    })
    const index = buildIndex([one, two, first as BuiltImage, second as BuiltImage], {
      extra: [{}, {}, about(one), about(two)],
    })
    const registry = await registryWith(index)
    const { image: row } = await runImageFetch(ctx, await declared(registry, index, ['linux/amd64']))
    const wanted = row.parts.filter(({ kind }) => kind === 'manifest').map((part) => part.wanted)
    expect(wanted).toEqual([true, false, true, false])
  })

  it('is never fetched twice: what other images have is taken from them', async () => {
    const shared = fresh()
    const one = buildImage({ layers: [shared, fresh()] })
    const two = buildImage({ layers: [shared, fresh()] })
    const registry = await registryWith(one)
    registry.push('org/img', two)
    await runImageFetch(ctx, await declared(registry, one))
    await runImageFetch(ctx, await declared(registry, two))
    expect(registry.pulls(one.blobs[1]?.digest ?? '')).toBe(1)
  })
})

describe('what is said about an image', () => {
  const withReferrers = () => {
    const image = buildImage({ layers: [fresh()] })
    const signature = buildArtifact({
      artifactType: 'application/vnd.test.signature',
      subject: image,
      content: fresh(),
    })
    const counter = buildArtifact({
      artifactType: 'application/vnd.test.counter',
      subject: signature,
      content: fresh(),
    })
    const sbom = buildArtifact({
      artifactType: 'application/vnd.test.sbom',
      subject: image,
      content: fresh(),
      annotations: { of: 'it' },
    })
    return { image, signature, counter, sbom }
  }

  it('comes by the API, page by page, and what is said about that as well', async () => {
    const { image, signature, counter, sbom } = withReferrers()
    const registry = await registryWith(image, { pageSize: 1 })
    for (const referrer of [signature, counter, sbom]) registry.push('org/img', referrer)
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row.state).toBe('stored')
    const found = row.parts.filter(({ subject }) => subject !== null)
    expect(found.map(({ digest, subject, artifactType }) => ({ digest, subject, artifactType }))).toEqual(
      expect.arrayContaining([
        { digest: signature.digest, subject: image.digest, artifactType: 'application/vnd.test.signature' },
        { digest: counter.digest, subject: signature.digest, artifactType: 'application/vnd.test.counter' },
        { digest: sbom.digest, subject: image.digest, artifactType: 'application/vnd.test.sbom' },
      ]),
    )
    expect(found.every(({ sha256 }) => sha256 !== null)).toBe(true)
    expect(found.find(({ digest }) => digest === sbom.digest)?.annotations).toEqual({ of: 'it' })
  })

  it('comes by the fallback tag where there is no API', async () => {
    const { image, signature } = withReferrers()
    const registry = await registryWith(image, { referrersApi: false })
    const tag = image.digest.replace(':', '-')
    registry.push('org/img', signature)
    registry.push('org/img', buildIndex([{ ...signature, platform: '' }]), tag)
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row.state).toBe('stored')
    expect(row.tags).toMatchObject([{ name: tag }])
    expect(row.parts.find(({ digest }) => digest === signature.digest)).toMatchObject({
      subject: image.digest,
    })
  })

  it('is not there where the registry answers with something else', async () => {
    const { image, signature } = withReferrers()
    const registry = await registryWith(image)
    registry.push('org/img', signature)
    registry.behaviour.intercept = ({ url }, response) => {
      if (!url?.includes('/referrers/')) return false
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>')
      return true
    }
    const { image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(row).toMatchObject({ state: 'stored', partsTotal: 3 })
  })

  it('comes with cosign’s tags, also those of a child', async () => {
    const { index, images } = multiArch()
    const registry = await registryWith(index)
    const [signature, sbom] = [buildImage({ layers: [fresh()] }), buildImage({ layers: [fresh()] })]
    const named = (digest: string, suffix: string) => `${digest.replace(':', '-')}${suffix}`
    registry.push('org/img', signature, named(index.digest, '.sig'))
    registry.push('org/img', sbom, named(images[0]?.digest ?? '', '.sbom'))
    const { image: row } = await runImageFetch(ctx, await declared(registry, index))
    expect(row.tags.map(({ digest }) => digest).sort()).toEqual([signature.digest, sbom.digest].sort())
    expect(row.parts.filter(({ digest }) => [signature.digest, sbom.digest].includes(digest))).toMatchObject([
      { sha256: expect.any(String) },
      { sha256: expect.any(String) },
    ])
  })

  it('spoils nothing when it cannot be had, but is tried again when it may pass', async () => {
    const { image, signature } = withReferrers()
    const registry = await registryWith(image)
    registry.push('org/img', signature)
    const layer = signature.blobs[1]?.digest ?? ''
    let status = 503
    registry.behaviour.intercept = ({ url }, response) => {
      if (!url?.endsWith(layer)) return false
      response.writeHead(status).end()
      return true
    }
    const id = await declared(registry, image)
    expect((await runImageFetch(ctx, id)).error).toBeInstanceOf(RetryLater)
    status = 404
    const { image: row, log } = await runImageFetch(ctx, id, { attempt: 2 })
    expect(row.state).toBe('stored')
    expect(row.parts.find(({ digest }) => digest === signature.digest)).toMatchObject({
      wanted: false,
      sha256: null,
    })
    expect(log.join()).toMatch(/Left out sha256:/)
  })
})

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

describe('a choice of platforms that grows while it is fetched', () => {
  it('leaves the image pending for the next run, and serves what is there', async () => {
    const { images, index } = multiArch()
    const registry = await registryWith(index)
    const id = await declared(registry, index, ['linux/amd64'])
    const last = images[0]?.blobs[2]?.digest ?? ''
    const go = new Promise<void>((resolve) => {
      registry.behaviour.intercept = ({ url }) => {
        if (url?.endsWith(last)) resolve()
        return false
      }
    })
    const run = runImageFetch(ctx, id)
    await go
    await ctx.db.image.update({ where: { id }, data: { platforms: ['linux/amd64', 'linux/arm64'] } })
    const { image: first } = await run
    expect(first).toMatchObject({ state: 'pending', partsDone: 5, partsTotal: 5 })
    expect(first.storedAt).not.toBeNull()
    const { image: second } = await runImageFetch(ctx, id)
    expect(second).toMatchObject({ state: 'stored', partsTotal: 9, storedAt: first.storedAt })
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
    const { error, image: row } = await runImageFetch(ctx, await declared(registry, image))
    expect(error).toBeInstanceOf(RetryLater)
    expect(row).toMatchObject({ state: 'pending', errorCode: 'rate_limited' })
    const wait = (row.nextAttemptAt?.getTime() ?? 0) - Date.now()
    expect(wait).toBeGreaterThan(110_000)
  })
})

describe('a fetch that is ended at any moment', () => {
  it('goes on with what is there, and shows nothing before it is whole', async () => {
    const image = buildImage({ layers: [fresh(), fresh(), fresh()] })
    const registry = await registryWith(image)
    const last = image.blobs[3]?.digest ?? ''
    const id = await declared(registry, image)
    const killing = new AbortController()
    registry.behaviour.intercept = ({ url }) => {
      if (!url?.endsWith(last)) return false
      void vi
        .waitFor(async () => {
          expect(await ctx.db.imagePart.count({ where: { imageId: id, sha256: { not: null } } })).toBe(3)
        })
        .then(() => killing.abort(new Error('killed')))
      return true
    }
    const { image: row } = await runImageFetch(ctx, id, { signal: killing.signal })
    expect(row).toMatchObject({ state: 'pending', storedAt: null, attempts: 0, partsTotal: 5, partsDone: 4 })
    expect(row.parts.find(({ kind }) => kind === 'manifest')?.sha256).toBeNull()
    const before = registry.requests.length
    delete registry.behaviour.intercept
    const { image: whole } = await runImageFetch(ctx, id)
    expect(whole.state).toBe('stored')
    const again = registry.requests.slice(before).map(({ url }) => url)
    expect(again.filter((url) => url.includes('/blobs/'))).toEqual([`/v2/org/img/blobs/${last}`])
    expect(again.filter((url) => url.endsWith(`/manifests/${image.digest}`))).toEqual([])
  })
})
