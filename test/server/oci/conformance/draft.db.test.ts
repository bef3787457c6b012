import { describe, expect, it } from 'vitest'
import { type Algorithm, buildImage } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import { manifestPath, newBlob, pushBlob, putManifest, uploadsPath } from '@/test/support/registry-client'

// The draft after OCI distribution-spec 1.1: tags as parameters of a push by digest, and the algorithm announced.

const ctx = await openTestContext()
const { client } = await openTestRegistry(ctx)
const name = 'conformance/draft'

describe.each<Algorithm>(['sha256', 'sha512'])('tag parameters with %s', (algorithm) => {
  const image = buildImage({ algorithm, layers: ['tag parameters', algorithm] })
  const wanted = [`${algorithm}-a`, `${algorithm}-b`, `${algorithm}-C.1_x`]

  it('a push by digest sets every tag it names, and answers with OCI-Tag', async () => {
    for (const blob of image.blobs) await pushBlob(client, name, blob)
    const answer = await putManifest(client, name, image, { query: { tag: wanted } })
    expect([answer.status, answer.header('docker-content-digest')]).toEqual([201, image.digest])
    expect(answer.header('oci-tag').split(/, */).sort()).toEqual([...wanted].sort())
    for (const tag of wanted) {
      const pulled = await client.get(manifestPath(name, tag))
      expect([pulled.status, pulled.header('docker-content-digest')]).toEqual([200, image.digest])
      expect(pulled.body.equals(image.bytes)).toBe(true)
    }
    const { tags } = (await client.get(`/v2/${name}/tags/list`)).json<{ tags: string[] }>()
    expect(tags).toEqual(expect.arrayContaining(wanted))
  })

  it('a tag parameter against the grammar is refused, and sets nothing', async () => {
    const tag = [`${algorithm}-good`, '-bad']
    const answer = await putManifest(client, name, image, { query: { tag } })
    expect(answer.status).toBe(400)
    expect((await client.head(manifestPath(name, `${algorithm}-good`))).status).toBe(404)
  })
})

it('a push without tag parameters has no OCI-Tag of another', async () => {
  const image = buildImage({ layers: ['no parameters'] })
  for (const blob of image.blobs) await pushBlob(client, name, blob)
  expect((await putManifest(client, name, image)).header('oci-tag')).toBe('')
})

it('an upload may announce its algorithm', async () => {
  const blob = newBlob(100, 'sha512')
  const begun = await client.post(uploadsPath(name), { query: { 'digest-algorithm': 'sha512' } })
  expect(begun.status).toBe(202)
  const closing = { query: { digest: blob.digest }, body: blob.bytes }
  expect((await client.put(begun.header('location'), closing)).status).toBe(201)
})

it('an algorithm that nobody knows is refused with 400', async () => {
  const begun = await client.post(uploadsPath(name), { query: { 'digest-algorithm': 'md5' } })
  expect(begun.status).toBe(400)
  const digest = 'md5:d41d8cd98f00b204e9800998ecf8427e'
  const posted = await client.post(uploadsPath(name), { query: { digest }, body: Buffer.alloc(0) })
  expect([posted.status, posted.codes]).toEqual([400, ['DIGEST_INVALID']])
})
