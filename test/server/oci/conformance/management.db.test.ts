import { describe, expect, it } from 'vitest'
import { type Algorithm, buildImage, buildIndex } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import {
  blobPath,
  manifestPath,
  newBlob,
  pushBlob,
  pushImage,
  putManifest,
} from '@/test/support/registry-client'

// OCI distribution-spec 1.1, “Content Management”.

const ctx = await openTestContext()
const { client } = await openTestRegistry(ctx)
const name = 'conformance/management'

const gone = async (path: string) => {
  for (const method of ['HEAD', 'GET']) expect((await client.call(method, path)).status).toBe(404)
}

const tags = async () => (await client.get(`/v2/${name}/tags/list`)).json<{ tags: string[] }>().tags

it('a deleted tag is 202 and gone at once; its manifest stays', async () => {
  const image = buildImage({ layers: ['tagged'] })
  await pushImage(client, name, image, 'one', 'two')
  expect((await client.get(manifestPath(name, 'one'))).status).toBe(200)
  expect((await client.delete(manifestPath(name, 'one'))).status).toBe(202)
  await gone(manifestPath(name, 'one'))
  expect(await tags()).toEqual(['two'])
  for (const reference of ['two', image.digest])
    expect((await client.get(manifestPath(name, reference))).body.equals(image.bytes)).toBe(true)
})

describe.each<Algorithm>(['sha256', 'sha512'])('deleting by %s', (algorithm) => {
  it('a deleted manifest is 202 and gone at once, with every tag of it', async () => {
    const image = buildImage({ algorithm, layers: ['deleted'] })
    await pushImage(client, name, image)
    expect((await putManifest(client, name, image, { query: { tag: ['a', 'b'] } })).status).toBe(201)
    for (const tag of ['a', 'b']) expect((await client.get(manifestPath(name, tag))).status).toBe(200)
    expect((await client.delete(manifestPath(name, image.digest))).status).toBe(202)
    for (const reference of [image.digest, 'a', 'b']) await gone(manifestPath(name, reference))
    expect(await tags()).not.toContain('a')
  })

  it('a deleted blob is 202 and gone at once', async () => {
    const blob = newBlob(600, algorithm)
    await pushBlob(client, name, blob)
    expect((await client.get(blobPath(name, blob.digest))).status).toBe(200)
    expect((await client.delete(blobPath(name, blob.digest))).status).toBe(202)
    await gone(blobPath(name, blob.digest))
  })

  it('an image is deleted from its tags to its blobs, and pushed again', async () => {
    const children = [
      buildImage({ algorithm, layers: ['again'] }),
      buildImage({ algorithm, platform: 'linux/arm64', layers: ['again'] }),
    ]
    const index = buildIndex(children, { algorithm })
    for (let round = 0; round < 2; round += 1) {
      await pushImage(client, name, index)
      for (const { digest } of index.manifests.toReversed()) {
        expect((await client.delete(manifestPath(name, digest))).status).toBe(202)
        await gone(manifestPath(name, digest))
      }
      for (const { digest } of index.blobs) {
        expect((await client.delete(blobPath(name, digest))).status).toBe(202)
        await gone(blobPath(name, digest))
      }
    }
  })

  it('what is not there is 404', async () => {
    const { digest } = newBlob(1, algorithm)
    const blob = await client.delete(blobPath(name, digest))
    expect([blob.status, blob.codes]).toEqual([404, ['BLOB_UNKNOWN']])
    const manifest = await client.delete(manifestPath(name, digest))
    expect([manifest.status, manifest.codes]).toEqual([404, ['MANIFEST_UNKNOWN']])
  })
})

it('a tag that is not there is 404', async () => {
  const answer = await client.delete(manifestPath(name, 'never'))
  expect([answer.status, answer.codes]).toEqual([404, ['MANIFEST_UNKNOWN']])
})

it('deleting from a repository that does not exist is 404', async () => {
  const { digest } = newBlob(1)
  for (const path of [
    manifestPath('no/such', digest),
    manifestPath('no/such', 'v1'),
    blobPath('no/such', digest),
  ])
    expect((await client.delete(path)).status).toBe(404)
})

it('a blob that a manifest names stays', async () => {
  const image = buildImage({ layers: ['referenced'] })
  await pushImage(client, name, image)
  for (const blob of image.blobs) {
    const answer = await client.delete(blobPath(name, blob.digest))
    expect([answer.status, answer.codes]).toEqual([405, ['UNSUPPORTED']])
    expect((await client.get(blobPath(name, blob.digest))).body.equals(blob.bytes)).toBe(true)
  }
})

it('a manifest that an index names is deleted when it is asked for', async () => {
  const child = buildImage({ layers: ['child'] })
  const index = buildIndex([child])
  await pushImage(client, name, index, 'index')
  expect((await client.delete(manifestPath(name, child.digest))).status).toBe(202)
  await gone(manifestPath(name, child.digest))
  expect((await client.get(manifestPath(name, 'index'))).status).toBe(200)
})
