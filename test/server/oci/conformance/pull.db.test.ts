import { describe, expect, it } from 'vitest'
import { OCI_MANIFEST } from '@/server/oci/media-types'
import { type Algorithm, buildBlob, buildImage } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import { ACCEPT, blobPath, manifestPath, newBlob, pushBlob, pushImage } from '@/test/support/registry-client'

// OCI distribution-spec 1.1, “Pull”.

const ctx = await openTestContext()
const { client } = await openTestRegistry(ctx)
const name = 'conformance/pull'

describe.each<Algorithm>(['sha256', 'sha512'])('pull by %s', (algorithm) => {
  const image = buildImage({ algorithm, layers: [algorithm, 'second'] })

  it('a manifest comes by its digest, byte for byte, with type, length and digest', async () => {
    await pushImage(client, name, image)
    const answer = await client.get(manifestPath(name, image.digest), { headers: ACCEPT })
    expect([answer.status, answer.header('content-type')]).toEqual([200, OCI_MANIFEST])
    expect(answer.header('content-length')).toBe(String(image.size))
    expect(answer.header('docker-content-digest')).toBe(image.digest)
    expect(answer.body.equals(image.bytes)).toBe(true)
  })

  it('a blob comes by its digest, byte for byte, with length and digest', async () => {
    for (const blob of image.blobs) {
      const answer = await client.get(blobPath(name, blob.digest))
      expect([answer.status, answer.header('content-length')]).toEqual([200, String(blob.size)])
      expect(answer.header('docker-content-digest')).toBe(blob.digest)
      expect(answer.body.equals(blob.bytes)).toBe(true)
    }
  })

  it('HEAD of a manifest and of a blob says the same as GET, without a body', async () => {
    const paths = [
      manifestPath(name, image.digest),
      ...image.blobs.map(({ digest }) => blobPath(name, digest)),
    ]
    for (const path of paths) {
      const [head, get] = [
        await client.head(path, { headers: ACCEPT }),
        await client.get(path, { headers: ACCEPT }),
      ]
      expect([head.status, head.body.length]).toEqual([200, 0])
      for (const field of ['content-length', 'content-type', 'docker-content-digest', 'etag'])
        expect(head.header(field)).toBe(get.header(field))
    }
  })

  it('a manifest or blob that is not there is 404, by GET and by HEAD', async () => {
    const { digest } = newBlob(16, algorithm)
    for (const method of ['GET', 'HEAD']) {
      const blob = await client.call(method, blobPath(name, digest))
      expect([blob.status, blob.codes]).toEqual([404, method === 'GET' ? ['BLOB_UNKNOWN'] : []])
      const manifest = await client.call(method, manifestPath(name, digest))
      expect([manifest.status, manifest.codes]).toEqual([404, method === 'GET' ? ['MANIFEST_UNKNOWN'] : []])
    }
  })

  it('a blob of no bytes is pushed and comes with the length zero', async () => {
    const empty = buildBlob(Buffer.alloc(0), 'application/octet-stream', algorithm)
    await pushBlob(client, name, empty)
    for (const method of ['GET', 'HEAD']) {
      const answer = await client.call(method, blobPath(name, empty.digest))
      expect([answer.status, answer.header('content-length'), answer.body.length]).toEqual([200, '0', 0])
      expect(answer.header('docker-content-digest')).toBe(empty.digest)
    }
  })

  it.each([
    ['bytes=500-1499', 500, 1499],
    ['bytes=500-', 500, 2047],
    ['bytes=-500', 1548, 2047],
    ['bytes=2000-5000', 2000, 2047],
    ['bytes=0-0', 0, 0],
  ])('a range of a blob is 206: %s', async (range, start, end) => {
    const blob = newBlob(2048, algorithm)
    await pushBlob(client, name, blob)
    const answer = await client.get(blobPath(name, blob.digest), { headers: { range } })
    expect([answer.status, answer.header('content-range')]).toEqual([206, `bytes ${start}-${end}/2048`])
    expect(answer.header('content-length')).toBe(String(end - start + 1))
    expect(answer.body.equals(blob.bytes.subarray(start, end + 1))).toBe(true)
  })

  it.each(['bytes=500-0', 'bytes=5000-10000', 'bytes=2048-'])(
    'a range of a blob that cannot be is 416: %s',
    async (range) => {
      const blob = newBlob(2048, algorithm)
      await pushBlob(client, name, blob)
      const answer = await client.get(blobPath(name, blob.digest), { headers: { range } })
      expect(answer.status).toBe(416)
    },
  )
})

it('a manifest comes by its tag as by its digest', async () => {
  const image = buildImage({ layers: ['by tag'] })
  await pushImage(client, name, image, 'v1', '_.-Tag')
  for (const method of ['GET', 'HEAD']) {
    for (const tag of ['v1', '_.-Tag']) {
      const answer = await client.call(method, manifestPath(name, tag), { headers: ACCEPT })
      expect([answer.status, answer.header('content-type')]).toEqual([200, OCI_MANIFEST])
      expect(answer.header('content-length')).toBe(String(image.size))
      expect(answer.header('docker-content-digest')).toBe(image.digest)
      if (method === 'GET') expect(answer.body.equals(image.bytes)).toBe(true)
    }
  }
})

it('a tag that is not there is 404', async () => {
  const answer = await client.get(manifestPath(name, 'missing'))
  expect([answer.status, answer.codes]).toEqual([404, ['MANIFEST_UNKNOWN']])
})

it('pulling from a repository that does not exist is 404', async () => {
  const { digest } = newBlob(16)
  for (const path of [manifestPath('no/such/repository', 'v1'), blobPath('no/such/repository', digest)])
    expect((await client.get(path)).status).toBe(404)
})

it('a manifest comes whatever the client says it accepts', async () => {
  const image = buildImage({ layers: ['accept'] })
  await pushImage(client, name, image, 'accept')
  for (const accept of [
    '*/*',
    'application/json',
    'application/vnd.docker.distribution.manifest.v2+json',
    OCI_MANIFEST,
  ]) {
    const answer = await client.get(manifestPath(name, 'accept'), { headers: { accept } })
    expect([accept, answer.status, answer.header('content-type')]).toEqual([accept, 200, OCI_MANIFEST])
    expect(answer.body.equals(image.bytes)).toBe(true)
  }
})

it('contents are never compressed on their way, or their length would be another', async () => {
  const image = buildImage({
    layers: ['compressible '.repeat(10_000)],
    annotations: { note: 'x'.repeat(50_000) },
  })
  await pushImage(client, name, image, 'plain')
  const blob = buildBlob(Buffer.from('compressible '.repeat(10_000)), 'text/plain')
  await pushBlob(client, name, blob)
  const headers = { 'accept-encoding': 'gzip, deflate, br' }
  for (const [path, bytes] of [
    [manifestPath(name, 'plain'), image.bytes],
    [blobPath(name, blob.digest), blob.bytes],
  ] as const) {
    const answer = await client.get(path, { headers })
    expect([answer.header('content-encoding'), answer.header('content-length')]).toEqual([
      '',
      String(bytes.length),
    ])
    expect(answer.body.equals(bytes)).toBe(true)
  }
})

it('what a client has already is 304', async () => {
  const image = buildImage({ layers: ['conditional'] })
  await pushImage(client, name, image, 'conditional')
  for (const path of [
    manifestPath(name, 'conditional'),
    manifestPath(name, image.digest),
    blobPath(name, image.blobs[0]?.digest ?? ''),
  ]) {
    const etag = (await client.get(path)).header('etag')
    expect(etag).toMatch(/^"sha256:/)
    const same = await client.get(path, { headers: { 'if-none-match': etag } })
    expect([same.status, same.body.length]).toEqual([304, 0])
    const other = await client.get(path, { headers: { 'if-none-match': '"sha256:other"' } })
    expect(other.status).toBe(200)
  }
})

it('containerd’s ?ns= changes nothing', async () => {
  const image = buildImage({ layers: ['namespace'] })
  await pushImage(client, name, image, 'ns')
  const query = { ns: 'registry.example.org' }
  const manifest = await client.get(manifestPath(name, 'ns'), { query })
  expect([manifest.status, manifest.body.equals(image.bytes)]).toEqual([200, true])
  for (const blob of image.blobs) {
    const answer = await client.get(blobPath(name, blob.digest), { query })
    expect([answer.status, answer.body.equals(blob.bytes)]).toEqual([200, true])
  }
})

it('the base says that this is a registry', async () => {
  const answer = await client.get('/v2/')
  expect([answer.status, answer.header('docker-distribution-api-version')]).toEqual([200, 'registry/2.0'])
})
