import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { HotBlobs } from '@/server/blobs/hot-blobs'
import { listen, notify } from '@/server/events'
import type { Answer } from '@/server/http/answer'
import { readFields } from '@/server/http/request-fields'
import { ImageAnswerer } from '@/server/images/answer-image'
import { declareImage } from '@/server/images/declare-image'
import { MirroredFinder } from '@/server/images/find-mirrored'
import { mirrorTarget } from '@/server/images/mirror-path'
import { DownloadCounter, NO_TEAM } from '@/server/mirror/download-counter'
import { MissRecorder } from '@/server/mirror/miss-recorder'
import { buildArtifact, buildImage, buildIndex, digestOf } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { declareImageRow, runImageFetch } from '@/test/support/fetching-images'
import { createActor, createTeam } from '@/test/support/people'
import { startRegistry } from '@/test/support/upstream-registry'

const ctx = await openTestContext({ ENTREPOT_PUBLIC_URL: 'http://entrepot.example.org' })
const notices = await listen(ctx.pool, ctx.log)
const finder = new MirroredFinder(ctx, notices)
const misses = new MissRecorder(ctx)
const downloads = new DownloadCounter(ctx, 'image')
const images = new ImageAnswerer({ ctx, finder, misses, downloads, hot: new HotBlobs() })
const upstream = await startRegistry()
afterAll(async () => {
  finder.close()
  await notices.close()
})

const amd = buildImage({ layers: ['amd', 'x'.repeat(1000)] })
const arm = buildImage({ platform: 'linux/arm64', layers: ['arm'] })
const index = buildIndex([amd, arm])
const signature = buildArtifact({ artifactType: 'application/vnd.test.signature', subject: index })
const sbom = buildArtifact({ artifactType: 'application/vnd.test.sbom', subject: index, content: 'sbom' })
const cosign = buildImage({ layers: ['cosign'] })
const cosignTag = `${index.digest.replace(':', '-')}.sig`
const wide = buildImage({ algorithm: 'sha512', layers: ['sha512'] })
const layer = amd.blobs[2]
let imageId = ''

beforeAll(async () => {
  upstream.push('org/img', index)
  for (const referrer of [signature, sbom]) upstream.push('org/img', referrer)
  upstream.push('org/img', cosign, cosignTag)
  upstream.push('org/wide', wide)
  imageId = await fetched('org/img', index.digest, ['linux/amd64'])
  await fetched('org/wide', wide.digest)
  await upstream.close()
})

async function fetched(repository: string, digest: string, platforms: string[] = []): Promise<string> {
  const id = await declareImageRow(ctx, { registry: upstream.name, repository, digest, platforms })
  const { image } = await runImageFetch(ctx, id)
  expect(image.state).toBe('stored')
  return id
}

interface Asking {
  method?: string
  registry?: string
  headers?: string[]
}

async function ask(path: string, { method = 'GET', registry = upstream.name, headers = [] }: Asking = {}) {
  const answer = await images.answer({
    method,
    registry,
    target: `/v2/${path}`,
    fields: readFields(['User-Agent', 'test', ...headers]),
    team: NO_TEAM,
    address: () => '192.0.2.9',
  })
  return answer && { ...answer, field: (name: string) => fieldOf(answer, name), bytes: await bytesOf(answer) }
}

function fieldOf({ headers }: Answer, name: string): string | undefined {
  const at = headers.findIndex((text, place) => place % 2 === 0 && text.toLowerCase() === name)
  return at < 0 ? undefined : headers[at + 1]
}

async function bytesOf({ body, sent }: Answer): Promise<Buffer> {
  const parts = body === undefined ? [] : Buffer.isBuffer(body) ? [body] : body
  const read = parts.map(async (part) =>
    Buffer.isBuffer(part) ? part : Buffer.concat(await (await part.source.read(part.range)).toArray()),
  )
  const bytes = Buffer.concat(await Promise.all(read))
  if (body !== undefined) sent?.(bytes.length)
  return bytes
}

const errorIn = (bytes: Buffer) => JSON.parse(bytes.toString('utf8')).errors[0]
const count = (url: string) => ctx.db.miss.findUnique({ where: { url } })

describe('a mirrored image', () => {
  it('is served by digest, as its registry would, with its own type', async () => {
    for (const manifest of [index, amd]) {
      const answer = await ask(`org/img/manifests/${manifest.digest}`)
      expect(answer).toMatchObject({ status: 200, bytes: manifest.bytes })
      expect(answer?.field('content-type')).toBe(manifest.mediaType)
      expect(answer?.field('docker-content-digest')).toBe(manifest.digest)
      expect(answer?.field('docker-distribution-api-version')).toBe('registry/2.0')
    }
    for (const blob of amd.blobs) {
      expect(await ask(`org/img/blobs/${blob.digest}`)).toMatchObject({ status: 200, bytes: blob.bytes })
    }
    const [config] = wide.blobs
    expect(await ask(`org/wide/manifests/${wide.digest}`)).toMatchObject({ status: 200, bytes: wide.bytes })
    expect(await ask(`org/wide/blobs/${config?.digest}`)).toMatchObject({ status: 200, bytes: config?.bytes })
  })

  it('answers HEAD, ranges and conditions', async () => {
    const path = `org/img/blobs/${layer?.digest}`
    const head = await ask(path, { method: 'HEAD' })
    expect([head?.status, head?.body]).toEqual([200, undefined])
    expect(head?.field('content-length')).toBe(String(layer?.size))
    const part = await ask(path, { headers: ['Range', 'bytes=5-9'] })
    expect(part).toMatchObject({ status: 206, bytes: layer?.bytes.subarray(5, 10) })
    const same = await ask(path, { headers: ['If-None-Match', head?.field('etag') ?? ''] })
    expect(same?.status).toBe(304)
    expect(await ask(path, { headers: ['Range', 'bytes=999999-'] })).toMatchObject({ status: 416 })
  })

  it('lets clients in without a challenge', async () => {
    const ping = await ask('')
    expect(ping?.status).toBe(200)
    expect(ping?.field('www-authenticate')).toBeUndefined()
    expect(await ask('', { registry: 'other.example.org' })).toBeUndefined()
  })

  it('brings what is said about it', async () => {
    const all = JSON.parse((await ask(`org/img/referrers/${index.digest}`))?.bytes.toString() ?? '')
    expect(all.manifests.map(({ digest }: { digest: string }) => digest).sort()).toEqual(
      [signature.digest, sbom.digest].sort(),
    )
    const filtered = await ask(`org/img/referrers/${index.digest}?artifactType=application/vnd.test.sbom`)
    expect(filtered?.field('oci-filters-applied')).toBe('artifactType')
    expect(JSON.parse(filtered?.bytes.toString() ?? '').manifests).toMatchObject([
      { digest: sbom.digest, artifactType: 'application/vnd.test.sbom', size: sbom.size },
    ])
    expect(await ask(`org/img/manifests/${sbom.digest}`)).toMatchObject({ status: 200, bytes: sbom.bytes })
    expect(await ask(`org/img/manifests/${cosignTag}`)).toMatchObject({ status: 200, bytes: cosign.bytes })
    const tags = JSON.parse((await ask('org/img/tags/list'))?.bytes.toString() ?? '')
    expect(tags).toEqual({ name: 'org/img', tags: [cosignTag] })
  })

  it('is the same below the own registry', () => {
    const [host, port] = upstream.name.split(':')
    const target = `/v2/mirror/${host}__${port}/org/img/manifests/${index.digest}?ns=x`
    expect(mirrorTarget(target)).toEqual({
      registry: upstream.name,
      target: `/v2/org/img/manifests/${index.digest}?ns=x`,
    })
    expect(mirrorTarget('/v2/mirror/docker.io/debian/tags/list')?.registry).toBe('registry-1.docker.io')
    for (const other of ['/v2/mirrors/x.y/z', '/v2/mirror/quay.io', '/v2/']) {
      expect(mirrorTarget(other)).toBeUndefined()
    }
  })

  it('is read only', async () => {
    const answer = await ask('org/img/blobs/uploads/', { method: 'POST' })
    expect([answer?.status, answer?.field('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('is counted once for each answer with its top manifest, and all bytes for it', async () => {
    await downloads.close()
    await ctx.db.imageDownloadDay.deleteMany()
    await ask(`org/img/manifests/${index.digest}`)
    await ask(`org/img/manifests/${index.digest}`, { method: 'HEAD' })
    await ask(`org/img/manifests/${amd.digest}`)
    await ask(`org/img/blobs/${layer?.digest}`)
    await downloads.close()
    const bytes = BigInt(index.size + amd.size + (layer?.size ?? 0))
    expect(await ctx.db.imageDownloadDay.findMany()).toMatchObject([{ imageId, count: 1n, bytes }])
  })
})

describe('what is not served', () => {
  it('says where it can be declared, and is recorded as a miss until it is', async () => {
    const digest = digestOf(Buffer.from('nobody'))
    const answer = await ask(`library/debian/manifests/${digest}`, { registry: 'docker.io' })
    expect(answer?.status).toBe(404)
    expect(answer?.field('content-type')).toBe('application/json')
    const { code, message } = errorIn(answer?.bytes ?? Buffer.alloc(0))
    expect(code).toBe('MANIFEST_UNKNOWN')
    expect(message).toContain(
      `http://entrepot.example.org/images/declare?registry=docker.io&repository=library/debian&digest=${digest}`,
    )
    // By another name, and without the name of its own images: the same miss.
    await ask(`debian/manifests/${digest}`, { registry: 'registry-1.docker.io' })
    await misses.close()
    const url = `https://registry-1.docker.io/v2/library/debian/manifests/${digest}`
    expect(await count(url)).toMatchObject({ state: 'open', count: 2n, host: 'registry-1.docker.io' })

    const team = await createTeam(ctx)
    const actor = await createActor(ctx, 'member', [team])
    const reference = `debian@${digest}`
    const { image } = await declareImage(ctx, actor, { reference, reason: 'To test.', team: team.slug })
    expect(await count(url)).toMatchObject({ state: 'declared', imageId: image.id })
    await vi.waitFor(async () => {
      const waiting = await ask(`library/debian/manifests/${digest}`, { registry: 'index.docker.io' })
      expect([waiting?.status, waiting?.field('retry-after')]).toEqual([503, '10'])
      expect(errorIn(waiting?.bytes ?? Buffer.alloc(0)).message).toContain(`/images/${image.id}`)
    })
  })

  it('by tag explains itself', async () => {
    const answer = await ask('org/img/manifests/latest')
    expect(answer?.status).toBe(404)
    const { code, message } = errorIn(answer?.bytes ?? Buffer.alloc(0))
    expect(code).toBe('MANIFEST_UNKNOWN')
    expect(message).toMatch(/by digest only/)
    expect(message).toContain('/images/declare?registry=')
    await ctx.db.image.update({ where: { id: imageId }, data: { resolvedTag: 'v1' } })
    await notify(ctx.db, { topic: 'image', id: imageId })
    await vi.waitFor(async () => {
      const known = await ask('org/img/manifests/v1')
      expect(errorIn(known?.bytes ?? Buffer.alloc(0)).message).toContain(`org/img@${index.digest}`)
    })
  })

  it('is a platform that was not chosen, which says so', async () => {
    const answer = await ask(`org/img/manifests/${arm.digest}`)
    expect(answer?.status).toBe(404)
    expect(errorIn(answer?.bytes ?? Buffer.alloc(0)).message).toContain(
      `The platform linux/arm64 of an image of ${upstream.name}/org/img is not mirrored`,
    )
  })

  it('is a blob of another repository', async () => {
    const answer = await ask(`org/wide/blobs/${layer?.digest}`)
    expect([answer?.status, errorIn(answer?.bytes ?? Buffer.alloc(0)).code]).toEqual([404, 'BLOB_UNKNOWN'])
    const asManifest = await ask(`org/img/manifests/${layer?.digest}`)
    expect(errorIn(asManifest?.bytes ?? Buffer.alloc(0)).code).toBe('MANIFEST_UNKNOWN')
  })

  it('is an image that is not whole, nor any part of it', async () => {
    const registry = await startRegistry()
    const half = buildImage({ layers: ['half', 'whole'] })
    registry.push('org/half', half)
    const missing = half.blobs[2]
    registry.behaviour.intercept = ({ url }, response) => {
      if (!url?.endsWith(missing?.digest ?? '')) return false
      response.writeHead(404).end()
      return true
    }
    const { name } = registry
    const id = await declareImageRow(ctx, { registry: name, repository: 'org/half', digest: half.digest })
    expect((await runImageFetch(ctx, id)).image.state).toBe('failed')
    const answer = await ask(`org/half/manifests/${half.digest}`, { registry: name })
    expect(answer?.status).toBe(503)
    expect(errorIn(answer?.bytes ?? Buffer.alloc(0)).message).toMatch(/could not be fetched/)
    expect((await ask(`org/half/blobs/${half.blobs[1]?.digest}`, { registry: name }))?.status).toBe(404)
    await registry.close()
  })

  it.each([
    ['Org/img/manifests/x', 'NAME_INVALID'],
    ['org/img/blobs/sha256:abc', 'DIGEST_INVALID'],
    ['org/img/manifests/sha256:ABC', 'DIGEST_INVALID'],
  ])('breaks a grammar: %s', async (path, code) => {
    const answer = await ask(path)
    expect(answer?.status).toBe(400)
    expect(errorIn(answer?.bytes ?? Buffer.alloc(0)).code).toBe(code)
  })

  it('is of a site that only looks like a registry', async () => {
    const registry = 'site.example.org'
    for (const path of [
      'Team/manifests/x',
      'a/blobs/sha256:x',
      `a/blobs/${layer?.digest}`,
      'a/tags/list',
      '_catalog',
    ])
      expect(await ask(path, { registry })).toBeUndefined()
  })

  it('has a host that an administrator refuses', async () => {
    await ctx.db.hostRule.create({ data: { host: 'denied.example.org', action: 'deny', reason: 'No.' } })
    const digest = digestOf(Buffer.from('denied'))
    const answer = await ask(`a/b/manifests/${digest}`, { registry: 'denied.example.org' })
    expect(answer?.status).toBe(403)
    await misses.close()
    expect(await count(`https://denied.example.org/v2/a/b/manifests/${digest}`)).toBeNull()
  })
})
