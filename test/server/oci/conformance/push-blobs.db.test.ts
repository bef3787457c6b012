import { describe, expect, it } from 'vitest'
import { type Algorithm, type BuiltBlob, buildBlob } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import {
  beginUpload,
  blobPath,
  finishing,
  newBlob,
  pushBlob,
  type RegistryAnswer,
  uploadsPath,
} from '@/test/support/registry-client'

// OCI distribution-spec 1.1, “Pushing blobs”: at once and in chunks.

const ctx = await openTestContext()
const { client } = await openTestRegistry(ctx)
const name = 'conformance/push'
const OCTETS = { 'content-type': 'application/octet-stream' }

/** A blob was taken: 201, its digest, and a location that gives its bytes. */
async function expectTaken(answer: RegistryAnswer, blob: BuiltBlob): Promise<void> {
  expect([answer.status, answer.header('docker-content-digest')]).toEqual([201, blob.digest])
  const pulled = await client.get(answer.header('location'))
  expect([pulled.status, pulled.body.equals(blob.bytes)]).toEqual([200, true])
  expect((await client.head(blobPath(name, blob.digest))).header('content-length')).toBe(String(blob.size))
}

const close = (location: string, blob: BuiltBlob, call = {}) =>
  client.put(finishing(location, blob.digest, client.base), call)

async function* pieces(bytes: Buffer, size = 100): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Sends a chunk as a PATCH. */
const patch = (location: string, { bytes }: BuiltBlob, start: number, end: number) =>
  client.patch(location, {
    headers: { ...OCTETS, 'content-range': `${start}-${end}` },
    body: bytes.subarray(start, end + 1),
  })

describe.each<Algorithm>(['sha256', 'sha512'])('blobs by %s', (algorithm) => {
  it('POST begins an upload with 202 and a location in the repository', async () => {
    const answer = await client.post(uploadsPath(name))
    expect(answer.status).toBe(202)
    expect(new URL(answer.header('location'), client.base).pathname).toMatch(
      /^\/v2\/conformance\/push\/blobs\/uploads\/[^/]+$/,
    )
  })

  it('POST and PUT push a blob whole', async () => {
    const blob = newBlob(512, algorithm)
    const location = await beginUpload(client, name)
    await expectTaken(await close(location, blob, { headers: OCTETS, body: blob.bytes }), blob)
  })

  it('a single POST pushes a blob whole', async () => {
    for (const size of [0, 512]) {
      const blob = newBlob(size, algorithm)
      const answer = await client.post(uploadsPath(name), {
        query: { digest: blob.digest },
        headers: OCTETS,
        body: blob.bytes,
      })
      await expectTaken(answer, blob)
    }
  })

  it('a PUT of unknown length is taken, also of no bytes', async () => {
    for (const size of [0, 3000]) {
      const blob = newBlob(size, algorithm)
      const location = await beginUpload(client, name)
      await expectTaken(await close(location, blob, { headers: OCTETS, body: pieces(blob.bytes) }), blob)
    }
  })

  it('a streamed PATCH is 202, and an empty PUT closes it', async () => {
    const blob = newBlob(3000, algorithm)
    const location = await beginUpload(client, name)
    const streamed = await client.patch(location, { headers: OCTETS, body: pieces(blob.bytes) })
    expect([streamed.status, streamed.header('range')]).toEqual([202, '0-2999'])
    await expectTaken(await close(streamed.header('location'), blob, { headers: OCTETS }), blob)
  })

  it('one chunk and an empty PUT push a blob', async () => {
    const blob = newBlob(512, algorithm)
    const chunk = await patch(await beginUpload(client, name), blob, 0, 511)
    expect([chunk.status, chunk.header('range')]).toEqual([202, '0-511'])
    await expectTaken(await close(chunk.header('location'), blob), blob)
  })

  it('each chunk is 202 with the location and range to go on from', async () => {
    const blob = newBlob(3067, algorithm)
    let location = await beginUpload(client, name)
    for (const [start, end] of [
      [0, 1023],
      [1024, 2047],
      [2048, 3066],
    ] as const) {
      const chunk = await patch(location, blob, start, end)
      expect([chunk.status, chunk.header('range')]).toEqual([202, `0-${end}`])
      location = chunk.header('location')
    }
    await expectTaken(await close(location, blob), blob)
  })

  it('the last chunk may come with the closing PUT', async () => {
    const blob = newBlob(3067, algorithm)
    let { location } = { location: await beginUpload(client, name) }
    for (const [start, end] of [
      [0, 1023],
      [1024, 2047],
    ] as const)
      location = (await patch(location, blob, start, end)).header('location')
    const last = { headers: { ...OCTETS, 'content-range': '2048-3066' }, body: blob.bytes.subarray(2048) }
    await expectTaken(await close(location, blob, last), blob)
  })

  it('a chunk out of order is 416, in a PATCH and in the closing PUT, and the upload goes on', async () => {
    const blob = newBlob(3067, algorithm)
    let location = await beginUpload(client, name)
    for (const [start, end, wrong] of [
      [0, 1023, 1024],
      [1024, 2047, 2048],
      [2048, 3066, 0],
    ] as const) {
      const wrongEnd = Math.min(wrong + 1023, 3066)
      const call = {
        headers: { ...OCTETS, 'content-range': `${wrong}-${wrongEnd}` },
        body: blob.bytes.subarray(wrong, wrongEnd + 1),
      }
      const asPatch = await client.patch(location, call)
      expect([asPatch.status, asPatch.codes]).toEqual([416, ['BLOB_UPLOAD_INVALID']])
      expect((await close(location, blob, call)).status).toBe(416)
      // Also under the address of the refused PUT.
      const state = await client.get(finishing(location, blob.digest, client.base))
      expect([state.status, state.header('range')]).toEqual([204, `0-${Math.max(0, start - 1)}`])
      location = (await patch(state.header('location'), blob, start, end)).header('location')
    }
    await expectTaken(await close(location, blob), blob)
  })

  it('a chunk that came before is 416', async () => {
    const blob = newBlob(2048, algorithm)
    const location = await beginUpload(client, name)
    const first = await patch(location, blob, 0, 1023)
    expect((await patch(location, blob, 0, 1023)).status).toBe(416)
    const state = await client.get(location)
    expect([state.status, state.header('range')]).toEqual([204, '0-1023'])
    expect(state.header('location')).not.toBe('')
    expect((await patch(first.header('location'), blob, 1024, 2047)).status).toBe(202)
  })

  it('what does not hash to its digest is refused with 400, however it is pushed', async () => {
    const { digest } = newBlob(8, algorithm)
    const wrong = { headers: OCTETS, body: newBlob(3072).bytes }
    const refused = [
      await client.post(uploadsPath(name), { query: { digest }, ...wrong }),
      await client.put(finishing(await beginUpload(client, name), digest, client.base), wrong),
    ]
    const streamed = await client.patch(await beginUpload(client, name), {
      ...wrong,
      body: pieces(wrong.body),
    })
    refused.push(await client.put(finishing(streamed.header('location'), digest, client.base)))
    const chunked = await client.patch(await beginUpload(client, name), {
      headers: { ...OCTETS, 'content-range': '0-3071' },
      body: wrong.body,
    })
    refused.push(await client.put(finishing(chunked.header('location'), digest, client.base)))
    for (const answer of refused) expect([answer.status, answer.codes]).toEqual([400, ['DIGEST_INVALID']])
    expect((await client.head(blobPath(name, digest))).status).toBe(404)
  })

  it('a blob that is there already may be pushed again', async () => {
    const blob = newBlob(600, algorithm)
    await pushBlob(client, name, blob)
    await expectTaken(await pushBlob(client, name, blob), blob)
  })

  it('a blob may be pushed again after it was deleted', async () => {
    const blob = newBlob(600, algorithm)
    await pushBlob(client, name, blob)
    expect((await client.delete(blobPath(name, blob.digest))).status).toBe(202)
    expect((await client.head(blobPath(name, blob.digest))).status).toBe(404)
    await expectTaken(await pushBlob(client, name, blob), blob)
  })
})

it('the state of an upload with no bytes yet begins at zero', async () => {
  const location = await beginUpload(client, name)
  const state = await client.get(location)
  expect([state.status, state.header('range'), state.header('location')]).toEqual([204, '0-0', location])
})

it('a query in the location is kept however the client writes it', async () => {
  const blob = newBlob(700)
  const url = new URL(await beginUpload(client, name), client.base)
  const rewritten = new URLSearchParams([...url.searchParams, ['digest', blob.digest]])
  rewritten.sort()
  url.search = rewritten.toString()
  await expectTaken(await client.put(url.href, { headers: OCTETS, body: blob.bytes }), blob)
})

it('an upload that is closed is unknown', async () => {
  const blob = newBlob(700)
  const location = await beginUpload(client, name)
  await close(location, blob, { headers: OCTETS, body: blob.bytes })
  for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
    const answer = await client.call(method, finishing(location, blob.digest, client.base))
    expect([method, answer.status, answer.codes]).toEqual([method, 404, ['BLOB_UPLOAD_UNKNOWN']])
  }
})

it('uploads of several clients run beside each other, also of the same blob', async () => {
  const same = newBlob(200_000)
  const blobs = [...Array.from({ length: 6 }, () => newBlob(100_000)), same, same, same]
  await Promise.all(blobs.map((blob) => pushBlob(client, name, blob)))
  for (const blob of blobs) {
    const pulled = await client.get(blobPath(name, blob.digest))
    expect(pulled.body.equals(blob.bytes)).toBe(true)
  }
})

it('two that send the same chunk at once: one is 202, the other 416', async () => {
  const blob = newBlob(300_000)
  const location = await beginUpload(client, name)
  const both = await Promise.all([patch(location, blob, 0, 299_999), patch(location, blob, 0, 299_999)])
  expect(both.map(({ status }) => status).sort()).toEqual([202, 416])
  await expectTaken(await close(location, blob), blob)
})

it('a large blob is pushed in many chunks', async () => {
  const blob = buildBlob(Buffer.alloc(12_000_000, 'chunk'), 'application/octet-stream')
  let location = await beginUpload(client, name)
  for (let start = 0; start < blob.size; start += 3_000_000)
    location = (await patch(location, blob, start, start + 2_999_999)).header('location')
  await expectTaken(await close(location, blob), blob)
})
