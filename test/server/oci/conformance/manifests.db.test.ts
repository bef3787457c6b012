import { describe, expect, it } from 'vitest'
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '@/server/oci/media-types'
import {
  type Algorithm,
  type BuiltBlob,
  type BuiltImage,
  buildArtifact,
  buildBlob,
  buildImage,
  buildIndex,
  buildManifest,
  descriptorOf,
  digestOf,
  OCI_EMPTY,
} from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import {
  ACCEPT,
  manifestPath,
  newBlob,
  pushBlob,
  pushImage,
  putManifest,
} from '@/test/support/registry-client'

// OCI distribution-spec 1.1, “Pushing Manifests”, with manifests of every kind.

const ctx = await openTestContext()
const { client } = await openTestRegistry(ctx)
const name = 'conformance/manifests'

/** The manifest is there, by this reference, exactly as it was pushed. */
async function expectThere(manifest: BuiltBlob, reference = manifest.digest): Promise<void> {
  const answer = await client.get(manifestPath(name, reference), { headers: ACCEPT })
  expect([answer.status, answer.header('content-type')]).toEqual([200, manifest.mediaType])
  expect(answer.header('docker-content-digest')).toBe(manifest.digest)
  expect(answer.body.equals(manifest.bytes)).toBe(true)
}

/** Pushes blobs and children, and last the manifest itself, whose answer it gives. */
async function push(image: BuiltImage, reference = image.digest) {
  for (const blob of image.blobs) await pushBlob(client, name, blob)
  for (const child of image.manifests.slice(0, -1))
    expect((await putManifest(client, name, child)).status).toBe(201)
  return putManifest(client, name, image, { reference })
}

const emptyConfig = buildBlob(Buffer.from('{}'), OCI_EMPTY)
const twoPlatforms = (algorithm: Algorithm = 'sha256', text = 'index') =>
  buildIndex(
    ['linux/amd64', 'linux/arm64'].map((platform) =>
      buildImage({ algorithm, platform, layers: [text, platform] }),
    ),
    { algorithm },
  )

describe.each<Algorithm>(['sha256', 'sha512'])('manifests by %s', (algorithm) => {
  it.each([
    ['an image', () => buildImage({ algorithm, layers: ['one', 'two'] })],
    ['an index', () => twoPlatforms(algorithm)],
    [
      'an index of indexes',
      () => buildIndex([twoPlatforms(algorithm, 'a'), twoPlatforms(algorithm, 'b')], { algorithm }),
    ],
    ['an index of nothing', () => buildIndex([], { algorithm })],
    ['an image without layers', () => buildImage({ algorithm, layers: [] })],
  ])('%s is pushed by digest with 201, its digest and a location that gives it', async (_, build) => {
    const image = build()
    const answer = await push(image)
    expect([answer.status, answer.header('docker-content-digest')]).toEqual([201, image.digest])
    const pulled = await client.get(answer.header('location'), { headers: ACCEPT })
    expect([pulled.status, pulled.header('content-type')]).toEqual([200, image.mediaType])
    expect(pulled.header('content-length')).toBe(String(image.size))
    expect(pulled.body.equals(image.bytes)).toBe(true)
  })

  it('a manifest that does not hash to its digest is refused with 400', async () => {
    const image = buildImage({ algorithm, layers: ['bad digest'] })
    for (const blob of image.blobs) await pushBlob(client, name, blob)
    const spoilt = { ...image, bytes: Buffer.concat([image.bytes, Buffer.from('  ')]) }
    const answer = await putManifest(client, name, spoilt)
    expect([answer.status, answer.codes]).toEqual([400, ['DIGEST_INVALID']])
    expect((await client.head(manifestPath(name, image.digest))).status).toBe(404)
  })
})

it('a manifest is pushed by tag, and a tag is moved by the next push', async () => {
  const [first, second] = [buildImage({ layers: ['first'] }), buildImage({ layers: ['second'] })]
  for (const image of [first, second]) {
    const answer = await push(image, 'moving')
    expect([answer.status, answer.header('docker-content-digest')]).toEqual([201, image.digest])
    expect((await client.get(answer.header('location'))).body.equals(image.bytes)).toBe(true)
    await expectThere(image, 'moving')
  }
  await expectThere(first)
})

it('pushing the same manifest again changes nothing', async () => {
  const image = buildImage({ layers: ['again'] })
  await pushImage(client, name, image, 'again')
  for (const reference of [image.digest, 'again', 'again-too'])
    expect((await putManifest(client, name, image, { reference })).status).toBe(201)
  for (const reference of [image.digest, 'again', 'again-too']) await expectThere(image, reference)
})

it('a manifest of unknown length is taken', async () => {
  const image = buildImage({ layers: ['no content-length'] })
  for (const blob of image.blobs) await pushBlob(client, name, blob)
  async function* pieces() {
    for (let at = 0; at < image.size; at += 50) yield image.bytes.subarray(at, at + 50)
  }
  const call = { headers: { 'content-type': image.mediaType }, body: pieces() }
  expect((await client.put(manifestPath(name, 'streamed'), call)).status).toBe(201)
  await expectThere(image, 'streamed')
})

it('a manifest of almost four megabytes is taken, one of more is 413', async () => {
  const annotations = Object.fromEntries(
    Array.from({ length: 390 }, (_, place) => [`large-${place}`, 'A'.repeat(10_000)]),
  )
  const large = buildImage({ layers: ['large'], annotations })
  await pushImage(client, name, large, 'large')
  await expectThere(large, 'large')
  const excess = { ...annotations, more: 'B'.repeat(400_000) }
  const tooLarge = buildImage({ layers: ['large'], annotations: excess })
  const answer = await putManifest(client, name, tooLarge, { reference: 'too-large' })
  expect(answer.status).toBe(413)
  async function* streamed() {
    for (let at = 0; at < tooLarge.size; at += 60_000) yield tooLarge.bytes.subarray(at, at + 60_000)
  }
  const call = { headers: { 'content-type': tooLarge.mediaType }, body: streamed() }
  expect((await client.put(manifestPath(name, 'too-large'), call)).status).toBe(413)
  expect((await client.head(manifestPath(name, 'too-large'))).status).toBe(404)
})

it('parameters of the Content-Type are ignored', async () => {
  const image = buildImage({ layers: ['parameters'] })
  for (const blob of image.blobs) await pushBlob(client, name, blob)
  const headers = { 'content-type': `${OCI_MANIFEST}; charset=utf-8` }
  expect((await putManifest(client, name, image, { headers })).status).toBe(201)
  await expectThere(image)
})

it.each([
  ['an image of Docker’s', DOCKER_MANIFEST, () => buildImage({ format: 'docker', layers: ['docker'] })],
  [
    'a manifest list',
    DOCKER_LIST,
    () => buildIndex([buildImage({ format: 'docker', layers: ['listed'] })], { format: 'docker' }),
  ],
  ['an artifact', OCI_MANIFEST, () => buildArtifact({ artifactType: 'application/vnd.example.thing' })],
  [
    'an index of artifacts',
    OCI_INDEX,
    () =>
      buildIndex([buildArtifact({ artifactType: 'application/vnd.example.thing', content: 'indexed' })], {
        artifactType: 'application/vnd.example.things',
      }),
  ],
])('%s is taken and given as it is', async (_, mediaType, build) => {
  const image = build()
  expect(image.mediaType).toBe(mediaType)
  expect((await push(image)).status).toBe(201)
  await expectThere(image)
})

it('an artifact whose only layer is the empty one is taken', async () => {
  const json = {
    artifactType: 'application/vnd.example.bare',
    config: descriptorOf(emptyConfig),
    layers: [descriptorOf(emptyConfig)],
  }
  const artifact = buildManifest({ mediaType: OCI_MANIFEST, blobs: [emptyConfig], json })
  expect((await push(artifact)).status).toBe(201)
  await expectThere(artifact)
})

it('fields that the specification does not know are kept', async () => {
  const image = buildImage({ layers: ['custom fields'] })
  const { config, layers } = image.json as { config: object; layers: object[] }
  const json = {
    ...image.json,
    'org.example.more': { deep: [1, null, 'x'] },
    config: { ...config, extra: true },
    layers: layers.map((layer) => ({ ...layer, extra: 1.5 })),
  }
  const custom = buildManifest({ mediaType: OCI_MANIFEST, blobs: image.blobs, json })
  expect((await push(custom, 'custom')).status).toBe(201)
  await expectThere(custom, 'custom')
})

it('a descriptor may bring its content as data', async () => {
  const image = buildImage({ layers: ['data'] })
  const withData = (blob?: BuiltBlob) =>
    blob && { ...descriptorOf(blob), data: blob.bytes.toString('base64') }
  const [config, ...layers] = image.blobs
  const json = { config: withData(config), layers: layers.map(withData) }
  const embedded = buildManifest({ mediaType: OCI_MANIFEST, blobs: image.blobs, json })
  expect((await push(embedded)).status).toBe(201)
  await expectThere(embedded)
})

it('layers that may not be distributed need not be there', async () => {
  const here = buildImage({ layers: ['distributable'] })
  const { layers } = here.json as { layers: object[] }
  const foreign = [
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar',
  ].map((mediaType, place) => {
    const digest = digestOf(Buffer.from(`elsewhere ${place}`))
    return { mediaType, digest, size: 123_456, urls: [`https://store.example.com/blobs/${digest}`] }
  })
  const json = { ...here.json, layers: [...foreign, ...layers] }
  const image = buildManifest({ mediaType: OCI_MANIFEST, blobs: here.blobs, json })
  expect((await push(image)).status).toBe(201)
  await expectThere(image)
})

it('a manifest with a subject is answered with OCI-Subject, whether the subject is there or not', async () => {
  const subject = buildImage({ layers: ['subject'] })
  await pushImage(client, name, subject)
  const missing = buildBlob(Buffer.from('missing content'), OCI_MANIFEST)
  for (const about of [subject, missing, twoPlatforms('sha256', 'missing index')]) {
    const referrers = [
      buildArtifact({ artifactType: 'application/vnd.example.signature', subject: about }),
      buildImage({ layers: ['about'], subject: about }),
      buildIndex([buildImage({ layers: ['child'] })], {
        artifactType: 'application/vnd.example.sboms',
        subject: about,
      }),
    ]
    for (const referrer of referrers) {
      for (const reference of [referrer.digest, 'referrer']) {
        const answer = await push(referrer, reference)
        expect([answer.status, answer.header('oci-subject')]).toEqual([201, about.digest])
        await expectThere(referrer, reference)
      }
    }
  }
})

it('a manifest that names what is not there is refused, each missing content by its digest', async () => {
  const image = buildImage({ layers: ['missing layer', 'another'] })
  const [config] = image.blobs
  await pushBlob(client, name, config as BuiltBlob)
  const answer = await putManifest(client, name, image, { reference: 'incomplete' })
  expect([answer.status, answer.codes]).toEqual([404, ['MANIFEST_BLOB_UNKNOWN']])
  const [error] = answer.json<{ errors: { detail: { digests: string[] } }[] }>().errors
  expect(error?.detail.digests.sort()).toEqual(
    image.blobs
      .slice(1)
      .map(({ digest }) => digest)
      .sort(),
  )
  for (const reference of ['incomplete', image.digest])
    expect((await client.head(manifestPath(name, reference))).status).toBe(404)

  const index = buildIndex([image])
  const refused = await putManifest(client, name, index)
  expect([refused.status, refused.codes]).toEqual([404, ['MANIFEST_BLOB_UNKNOWN']])
})

it('a blob of another repository does not count as there', async () => {
  const image = buildImage({ layers: ['elsewhere only'] })
  await pushImage(client, 'conformance/elsewhere', image)
  expect((await putManifest(client, name, image)).codes).toContain('MANIFEST_BLOB_UNKNOWN')
})

it('reading a manifest that nobody pushed says so', async () => {
  const answer = await client.get(manifestPath(name, newBlob(1).digest))
  expect([answer.status, answer.codes]).toEqual([404, ['MANIFEST_UNKNOWN']])
})
