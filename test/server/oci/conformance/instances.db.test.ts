import { expect, it, vi } from 'vitest'
import { buildImage } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry, startTestRegistry } from '@/test/support/registry'
import {
  ACCEPT,
  basic,
  beginUpload,
  blobPath,
  finishing,
  manifestPath,
  newBlob,
  pushImage,
  putManifest,
  registryClient,
} from '@/test/support/registry-client'

// Several instances over one database and one storage: a client may meet another one with each request.

const ctx = await openTestContext()
const { client: one, secret } = await openTestRegistry(ctx)
const { url } = await startTestRegistry(ctx)
const other = registryClient(url, basic('anybody', secret))
const name = 'instances/image'

it('an upload goes on at any instance', async () => {
  const blob = newBlob(3000)
  const path = new URL(await beginUpload(one, name), one.base).pathname
  const chunk = (start: number, end: number) => ({
    headers: { 'content-range': `${start}-${end}` },
    body: blob.bytes.subarray(start, end + 1),
  })
  expect((await other.patch(path, chunk(0, 999))).status).toBe(202)
  expect((await one.get(path)).header('range')).toBe('0-999')
  expect((await one.patch(path, chunk(1000, 1999))).status).toBe(202)
  expect((await other.patch(path, chunk(1000, 1999))).status).toBe(416)
  expect((await other.patch(path, chunk(2000, 2999))).status).toBe(202)
  expect((await one.put(finishing(path, blob.digest, one.base))).status).toBe(201)
  expect((await other.get(blobPath(name, blob.digest))).body.equals(blob.bytes)).toBe(true)
})

it('what one instance took or deleted, the others give or have forgotten a moment later', async () => {
  const [first, second] = [buildImage({ layers: ['first'] }), buildImage({ layers: ['second'] })]
  // The other one has looked, and remembers that there was nothing.
  expect((await other.get(manifestPath(name, 'moving'))).status).toBe(404)
  await pushImage(one, name, first, 'moving')
  const given = async () => (await other.get(manifestPath(name, 'moving'), { headers: ACCEPT })).body
  await vi.waitFor(async () => expect((await given()).equals(first.bytes)).toBe(true))
  await pushImage(one, name, second)
  expect((await putManifest(one, name, second, { reference: 'moving' })).status).toBe(201)
  await vi.waitFor(async () => expect((await given()).equals(second.bytes)).toBe(true))
  expect((await one.delete(manifestPath(name, second.digest))).status).toBe(202)
  await vi.waitFor(async () => {
    for (const reference of ['moving', second.digest])
      expect((await other.get(manifestPath(name, reference))).status).toBe(404)
  })
})

it('a token of one instance is one of the others', async () => {
  const scope = `repository:${name}:pull`
  const asked = await one.get('/v2/token', { query: { service: 'any', scope } })
  const { token } = asked.json<{ token: string }>()
  await pushImage(one, name, buildImage({ layers: ['token'] }), 'token')
  const bearer = registryClient(other.base, `Bearer ${token}`)
  await vi.waitFor(async () => expect((await bearer.get(manifestPath(name, 'token'))).status).toBe(200))
})
