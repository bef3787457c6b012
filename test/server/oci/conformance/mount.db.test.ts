import { describe, expect, it } from 'vitest'
import type { Algorithm } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import {
  beginUpload,
  blobPath,
  finishing,
  newBlob,
  pushBlob,
  uploadsPath,
} from '@/test/support/registry-client'

// OCI distribution-spec 1.1, “Mounting a blob from another repository”, and “Cancel a blob upload”.

const ctx = await openTestContext()
const { client } = await openTestRegistry(ctx)
const [name, other] = ['conformance/mounting', 'conformance/other']

const mount = (digest: string, from?: string) =>
  client.post(uploadsPath(name), { query: { mount: digest, ...(from && { from }) } })

describe.each<Algorithm>(['sha256', 'sha512'])('mounting by %s', (algorithm) => {
  it.each([
    ['with from', other],
    ['without from', undefined],
  ])('a blob of another repository is mounted %s', async (_, from) => {
    const blob = newBlob(512, algorithm)
    await pushBlob(client, other, blob)
    expect((await client.head(blobPath(name, blob.digest))).status).toBe(404)
    const answer = await mount(blob.digest, from)
    expect([answer.status, answer.header('docker-content-digest')]).toEqual([201, blob.digest])
    const pulled = await client.get(answer.header('location'))
    expect([pulled.status, pulled.body.equals(blob.bytes)]).toEqual([200, true])
    expect(new URL(answer.header('location'), client.base).pathname).toBe(blobPath(name, blob.digest))
  })

  it('a blob that cannot be mounted begins an upload with 202', async () => {
    for (const from of [other, 'no/such/repository', 'Not A Name', undefined]) {
      const blob = newBlob(512, algorithm)
      const answer = await mount(blob.digest, from)
      expect([from, answer.status]).toEqual([from, 202])
      const location = finishing(answer.header('location'), blob.digest, client.base)
      expect((await client.put(location, { body: blob.bytes })).status).toBe(201)
      expect((await client.get(blobPath(name, blob.digest))).body.equals(blob.bytes)).toBe(true)
    }
  })

  it('a mounted blob stays when its source is deleted', async () => {
    const blob = newBlob(512, algorithm)
    await pushBlob(client, other, blob)
    await mount(blob.digest, other)
    expect((await client.delete(blobPath(other, blob.digest))).status).toBe(202)
    expect((await client.get(blobPath(name, blob.digest))).body.equals(blob.bytes)).toBe(true)
    expect((await client.delete(blobPath(name, blob.digest))).status).toBe(202)
    expect((await client.head(blobPath(name, blob.digest))).status).toBe(404)
  })
})

it('a cancelled upload is 204, and unknown from then on', async () => {
  const location = await beginUpload(client, name)
  await client.patch(location, { headers: { 'content-range': '0-9' }, body: Buffer.alloc(10) })
  expect((await client.delete(location)).status).toBe(204)
  for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
    const answer = await client.call(method, finishing(location, newBlob(1).digest, client.base))
    expect([method, answer.status, answer.codes]).toEqual([method, 404, ['BLOB_UPLOAD_UNKNOWN']])
  }
})
