import { Readable } from 'node:stream'
import { afterEach, expect, it, vi } from 'vitest'
import { AppError } from '@/server/errors'
import { buildImage } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import {
  beginUpload,
  blobPath,
  finishing,
  manifestPath,
  newBlob,
  pushBlob,
  pushImage,
  putManifest,
  uploadsPath,
} from '@/test/support/registry-client'

// A storage that fails: what was taken stays, what was not is not there, and the same request works once the storage does.

const ctx = await openTestContext()
const { client } = await openTestRegistry(ctx)
const name = 'faults/image'
const { storage } = ctx.clusters.named('default')
const full = new AppError('storage_full', 'The disk is full.')
afterEach(() => void vi.restoreAllMocks())

const chunk = (bytes: Buffer, start: number, end: number) => ({
  headers: { 'content-range': `${start}-${end}` },
  body: bytes.subarray(start, end + 1),
})

it('a chunk that cannot be stored is not counted, and can be sent again', async () => {
  const blob = newBlob(3000)
  const location = await beginUpload(client, name)
  await client.patch(location, chunk(blob.bytes, 0, 999))
  vi.spyOn(storage, 'write').mockImplementationOnce(async () => {
    throw full
  })
  expect((await client.patch(location, chunk(blob.bytes, 1000, 2999))).status).toBe(503)
  vi.spyOn(storage, 'write').mockImplementationOnce(async (_key, body) => {
    for await (const _ of body) throw new Error('The disk is gone.')
    return 0
  })
  expect((await client.patch(location, chunk(blob.bytes, 1000, 2999))).status).toBeGreaterThanOrEqual(500)
  expect((await client.get(location)).header('range')).toBe('0-999')
  expect((await client.patch(location, chunk(blob.bytes, 1000, 2999))).status).toBe(202)
  expect((await client.put(finishing(location, blob.digest, client.base))).status).toBe(201)
  expect((await client.get(blobPath(name, blob.digest))).body.equals(blob.bytes)).toBe(true)
})

it('a refused body is taken from the connection, which goes on to work', async () => {
  const blob = newBlob(2_000_000)
  vi.spyOn(storage, 'write').mockRejectedValueOnce(full)
  const refused = await client.post(uploadsPath(name), { query: { digest: blob.digest }, body: blob.bytes })
  expect(refused.status).toBe(503)
  await pushBlob(client, name, blob)
})

it('an upload that cannot be finished is not a blob, and can be finished later', async () => {
  for (const chunks of [1, 2]) {
    const blob = newBlob(2000)
    const location = await beginUpload(client, name)
    const size = 2000 / chunks
    for (let at = 0; at < 2000; at += size) await client.patch(location, chunk(blob.bytes, at, at + size - 1))
    vi.spyOn(storage, 'move').mockRejectedValueOnce(new Error('The disk is gone.'))
    expect((await client.put(finishing(location, blob.digest, client.base))).status).toBeGreaterThanOrEqual(
      500,
    )
    expect((await client.head(blobPath(name, blob.digest))).status).toBe(404)
    expect((await client.get(location)).status).toBe(204)
    expect((await client.put(finishing(location, blob.digest, client.base))).status).toBe(201)
    expect((await client.get(blobPath(name, blob.digest))).body.equals(blob.bytes)).toBe(true)
  }
})

it('a blob that cannot be read is an error, and never a shorter one', async () => {
  const [small, large] = [newBlob(1000), newBlob(3_000_000)]
  for (const blob of [small, large]) {
    await pushBlob(client, name, blob)
    vi.spyOn(storage, 'read').mockRejectedValue(new Error('The disk is gone.'))
    vi.spyOn(storage, 'feed').mockRejectedValue(new Error('The disk is gone.'))
    expect((await client.get(blobPath(name, blob.digest))).status).toBeGreaterThanOrEqual(500)
    vi.restoreAllMocks()
  }
  // Half of it has gone out when the storage fails: the connection ends before the length that was promised.
  vi.spyOn(storage, 'feed').mockImplementationOnce(async (_key, sink) => {
    await sink(large.bytes.subarray(0, 100_000))
    throw new Error('The disk is gone.')
  })
  await expect(client.get(blobPath(name, large.digest))).rejects.toThrow()
  for (const blob of [small, large])
    expect((await client.get(blobPath(name, blob.digest))).body.equals(blob.bytes)).toBe(true)
})

it('a blob whose bytes are gone is an error, not an empty one', async () => {
  const blob = newBlob(200_000)
  await pushBlob(client, name, blob)
  vi.spyOn(storage, 'read').mockRejectedValue(new AppError('not_found', 'There is no such object.'))
  vi.spyOn(storage, 'feed').mockRejectedValue(new AppError('not_found', 'There is no such object.'))
  expect((await client.get(blobPath(name, blob.digest))).status).toBeGreaterThanOrEqual(400)
})

it('manifests and tags need no storage', async () => {
  const image = buildImage({ layers: ['without storage'] })
  await pushImage(client, name, image, 'v1')
  for (const method of ['read', 'feed', 'write', 'stat', 'move', 'remove'] as const)
    vi.spyOn(storage, method).mockRejectedValue(new Error('The disk is gone.'))
  for (const reference of ['v1', image.digest])
    expect((await client.get(manifestPath(name, reference))).body.equals(image.bytes)).toBe(true)
  // Hints for schedulers are stored beside; that they fail is not the push's fault.
  expect((await putManifest(client, name, image, { reference: 'v2' })).status).toBe(201)
  expect((await client.get(`/v2/${name}/tags/list`)).json<{ tags: string[] }>().tags).toEqual(['v1', 'v2'])
})

it('a digest is computed from what arrives, not from what the storage says', async () => {
  const blob = newBlob(5000)
  const location = await beginUpload(client, name)
  for (const [start, end] of [
    [0, 2499],
    [2500, 4999],
  ] as const)
    await client.patch(location, chunk(blob.bytes, start, end))
  // Several chunks are read once more to be put together: bytes that rotted meanwhile do not become the blob.
  const read = storage.read.bind(storage)
  vi.spyOn(storage, 'read').mockImplementationOnce(async (key) => {
    const rotten = Buffer.from(await (await read(key)).toArray().then((parts) => Buffer.concat(parts)))
    rotten[0] = (rotten[0] ?? 0) ^ 1
    return Readable.from([rotten])
  })
  const answer = await client.put(finishing(location, blob.digest, client.base))
  expect([answer.status, answer.codes]).toEqual([400, ['DIGEST_INVALID']])
  expect((await client.head(blobPath(name, blob.digest))).status).toBe(404)
})
