import { describe, expect, it } from 'vitest'
import { OCI_INDEX, OCI_MANIFEST } from '@/server/oci/media-types'
import {
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
import { signingIn } from '@/test/support/challenged-client'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import {
  ACCEPT,
  blobPath,
  finishing,
  manifestPath,
  newBlob,
  pushBlob,
  pushImage,
  uploadsPath,
} from '@/test/support/registry-client'

// The whole life of contents of every kind, in one repository after another, by a client that knows a user name and a
// password only: it answers challenges, and keeps one token for reading, one for writing and one for deleting.

const ctx = await openTestContext()
const { url, secret } = await openTestRegistry(ctx)
const client = signingIn(url, { user: 'admin', password: secret })
const name = 'conformance/repo1'
const other = 'conformance/repo2'

const emptyConfig = buildBlob(Buffer.from('{}'), OCI_EMPTY)
const pair = (text: string, options: Parameters<typeof buildIndex>[1] = {}) =>
  buildIndex(
    ['linux/amd64', 'linux/arm64'].map((platform) =>
      buildImage({
        platform,
        layers: [text, platform],
        ...(options?.algorithm && { algorithm: options.algorithm }),
      }),
    ),
    options,
  )
const large = Object.fromEntries(
  Array.from({ length: 390 }, (_, place) => [`large-${place}`, 'A'.repeat(10_000)]),
)
const subject = buildImage({ layers: ['subject'] })
const foreign = () => {
  const image = buildImage({ layers: ['distributable'] })
  const digest = digestOf(Buffer.from('elsewhere'))
  const mediaType = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'
  const layer = { mediaType, digest, size: 123_456, urls: [`https://store.example.com/${digest}`] }
  const json = { ...image.json, layers: [layer, ...(image.json.layers as object[])] }
  return buildManifest({ mediaType: OCI_MANIFEST, blobs: image.blobs, json })
}
const bare = () => {
  const json = {
    artifactType: 'application/vnd.example.bare',
    config: descriptorOf(emptyConfig),
    layers: [descriptorOf(emptyConfig)],
  }
  return buildManifest({ mediaType: OCI_MANIFEST, blobs: [emptyConfig], json })
}

const kinds: [string, BuiltImage[]][] = [
  ['an image', [buildImage({ layers: ['one', 'two'] })]],
  ['an image with a large manifest', [buildImage({ layers: ['large'], annotations: large })]],
  ['an index', [pair('index')]],
  ['an index of indexes', [buildIndex([pair('first'), pair('second')])]],
  ['an empty index', [buildIndex([])]],
  ['an artifact', [buildArtifact({ artifactType: 'application/vnd.example.v1' })]],
  [
    'an index of artifacts',
    [
      buildIndex([buildArtifact({ artifactType: 'application/vnd.example.v1' })], {
        artifactType: 'application/vnd.example.v1',
      }),
    ],
  ],
  ['an artifact without layers', [bare()]],
  [
    'an image with referrers',
    [
      subject,
      buildImage({ layers: ['about'], subject }),
      buildArtifact({ artifactType: 'application/vnd.example.v1', subject, annotations: { hello: 'world' } }),
    ],
  ],
  [
    'an index with a subject',
    [
      subject,
      pair('about', { subject, artifactType: 'application/vnd.example.v1', annotations: { hello: 'index' } }),
    ],
  ],
  [
    'an artifact whose subject is missing',
    [
      buildArtifact({
        artifactType: 'application/vnd.example.v1',
        subject: buildBlob(Buffer.from('missing'), OCI_MANIFEST),
      }),
    ],
  ],
  ['an image with a layer that is not distributed', [foreign()]],
  ['an image without layers', [buildImage({ layers: [] })]],
  ['an index by sha512', [pair('strong', { algorithm: 'sha512' })]],
]

const once = <T extends { digest: string }>(list: T[]) => [
  ...new Map(list.map((one) => [one.digest, one])).values(),
]

async function expectPulled([reference, manifest]: readonly [string, BuiltBlob]): Promise<void> {
  const { mediaType, size, digest, bytes } = manifest
  for (const method of ['HEAD', 'GET']) {
    const answer = await client.call(method, manifestPath(name, reference), { headers: ACCEPT })
    const fields = ['content-type', 'content-length', 'docker-content-digest'].map(answer.header)
    expect([answer.status, ...fields]).toEqual([200, mediaType, String(size), digest])
    expect(answer.body.equals(method === 'GET' ? bytes : Buffer.alloc(0))).toBe(true)
  }
}

async function expectListedAbout(image: BuiltImage, about: string): Promise<void> {
  const listed = await client.get(`/v2/${name}/referrers/${about}`)
  expect([listed.status, listed.header('content-type')]).toEqual([200, OCI_INDEX])
  const { manifests } = listed.json<{ manifests: { digest: string }[] }>()
  expect(manifests.map(({ digest }) => digest)).toContain(image.digest)
}

async function expectDeleted(path: string): Promise<void> {
  expect((await client.delete(path)).status).toBe(202)
  expect((await client.head(path)).status).toBe(404)
}

describe.each(kinds)('%s', (_, images) => {
  const top = images.at(-1) as BuiltImage
  const manifests = once(images.flatMap((image) => image.manifests))
  const blobs = once(images.flatMap((image) => image.blobs))
  // A tag in the URL of a push stands for a SHA-256 digest.
  const tags = top.digest.startsWith('sha256:') ? ['tagged'] : []

  it('is pushed, listed, pulled and deleted', async () => {
    for (const image of images) await pushImage(client, name, image, ...(image === top ? tags : []))
    const listed = await client.get(`/v2/${name}/tags/list`)
    expect(listed.json<{ tags: string[] }>().tags).toEqual(tags)

    const byDigest = manifests.map((manifest) => [manifest.digest, manifest] as const)
    for (const one of [...byDigest, ...tags.map((tag) => [tag, top] as const)]) await expectPulled(one)
    for (const { digest, size, bytes } of blobs) {
      expect((await client.head(blobPath(name, digest))).header('content-length')).toBe(String(size))
      expect((await client.get(blobPath(name, digest))).body.equals(bytes)).toBe(true)
    }
    for (const image of images) {
      const about = (image.json as { subject?: { digest: string } }).subject?.digest
      if (about !== undefined) await expectListedAbout(image, about)
    }

    for (const tag of tags) await expectDeleted(manifestPath(name, tag))
    for (const { digest } of manifests.toReversed()) await expectDeleted(manifestPath(name, digest))
    for (const { digest } of blobs) await expectDeleted(blobPath(name, digest))
  })
})

it('a blob is mounted with the token of a push to the target alone', async () => {
  await pushBlob(client, name, newBlob(10))
  for (const from of [other, undefined]) {
    const blob = newBlob(512)
    await pushBlob(client, other, blob)
    const query = { mount: blob.digest, ...(from && { from }) }
    const mounted = await client.post(uploadsPath(name), { query })
    expect([from, mounted.status]).toEqual([from, 201])
    expect((await client.get(mounted.header('location'))).body.equals(blob.bytes)).toBe(true)
  }
  const missing = newBlob(512)
  const begun = await client.post(uploadsPath(name), { query: { mount: missing.digest, from: other } })
  expect(begun.status).toBe(202)
  const finished = await client.put(finishing(begun.header('location'), missing.digest, url), {
    body: missing.bytes,
  })
  expect(finished.status).toBe(201)
})

it('a client without a token of its own asks for one each time, also with a large manifest in hand', async () => {
  const forgetful = signingIn(url, { user: 'admin', password: secret }, { remember: false })
  const image = buildImage({ layers: ['forgetful'], annotations: large })
  await pushImage(forgetful, name, image, 'forgetful')
  expect((await forgetful.get(manifestPath(name, 'forgetful'))).body.equals(image.bytes)).toBe(true)
})
