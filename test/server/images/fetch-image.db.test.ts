import type { ServerResponse } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import { RetryLater } from '@/server/tasks/task'
import { type BuiltImage, buildArtifact, buildImage, buildIndex } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { declareImageRow, fetchingImages, fresh, runImageFetch } from '@/test/support/fetching-images'

const ctx = await openTestContext()
const { registryWith, declared } = fetchingImages(ctx)

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

describe('a choice of platforms that grows while it is fetched', () => {
  it('leaves the image pending for the next run, and serves what is there', async () => {
    const { images, index } = multiArch()
    const registry = await registryWith(index)
    const id = await declared(registry, index, ['linux/amd64'])
    const last = images[0]?.blobs[2]
    const asked = new Promise<ServerResponse>((resolve) => {
      registry.behaviour.intercept = ({ url }, response) => {
        const isLast = url?.endsWith(last?.digest ?? '') ?? false
        if (isLast) resolve(response)
        return isLast
      }
    })
    const run = runImageFetch(ctx, id)
    const held = await asked
    await ctx.db.image.update({ where: { id }, data: { platforms: ['linux/amd64', 'linux/arm64'] } })
    delete registry.behaviour.intercept
    held.end(last?.bytes)
    const { image: first } = await run
    expect(first).toMatchObject({ state: 'pending', partsDone: 5, partsTotal: 5 })
    expect(first.storedAt).not.toBeNull()
    const { image: second } = await runImageFetch(ctx, id)
    expect(second).toMatchObject({ state: 'stored', partsTotal: 9, storedAt: first.storedAt })
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
