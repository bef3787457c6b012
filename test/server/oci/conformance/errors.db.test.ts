import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { OCI_INDEX, OCI_MANIFEST } from '@/server/oci/media-types'
import { buildBlob, buildImage, buildManifest, digestOf } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import {
  basic,
  beginUpload,
  blobPath,
  finishing,
  manifestPath,
  newBlob,
  pushBlob,
  pushImage,
  putManifest,
  registryClient,
  uploadsPath,
} from '@/test/support/registry-client'

// Bad input of every kind: the exact status and code, and nothing is left behind.

const ctx = await openTestContext()
const { client, port, secret } = await openTestRegistry(ctx)
const name = 'conformance/errors'

describe('names and references', () => {
  it.each(['Upper/case', 'a//b', '-a', 'a..b', 'a/-b', 'a_-b', 'x'.repeat(300), 'a%20b'])(
    'the name %s is refused',
    async (bad) => {
      for (const path of [
        `/v2/${bad}/tags/list`,
        blobPath(bad, newBlob(1).digest),
        manifestPath(bad, 'v1'),
      ]) {
        const answer = await client.get(path)
        expect([answer.status, answer.codes]).toEqual([400, ['NAME_INVALID']])
      }
      expect((await client.post(uploadsPath(bad))).codes).toEqual(['NAME_INVALID'])
    },
  )

  it.each(['a', '0', 'a.b/c_d/e__f/g-h/i---j', 'manifests/blobs/tags/uploads', 'x'.repeat(200)])(
    'the name %s is taken',
    async (good) => {
      const image = buildImage({ layers: ['names'] })
      await pushImage(client, good, image, 'v1')
      expect((await client.get(manifestPath(good, 'v1'))).body.equals(image.bytes)).toBe(true)
    },
  )

  it('a digest that is none is refused: PUT 400, GET 404 or 400', async () => {
    const image = buildImage({ layers: ['bad digest string'] })
    for (const blob of image.blobs) await pushBlob(client, name, blob)
    for (const reference of ['sha256:baddigeststring', 'md5:0123', `sha256:${'A'.repeat(64)}`]) {
      const answer = await putManifest(client, name, image, { reference })
      expect([answer.status, answer.codes]).toEqual([400, ['DIGEST_INVALID']])
      for (const path of [manifestPath(name, reference), blobPath(name, reference)])
        expect([400, 404]).toContain((await client.get(path)).status)
    }
  })

  it.each(['-tag', '.tag', 'x'.repeat(129), 'a%20b', 'ä'])('the tag %s is refused', async (tag) => {
    const image = buildImage({ layers: ['bad tag'] })
    for (const blob of image.blobs) await pushBlob(client, name, blob)
    const answer = await putManifest(client, name, image, { reference: encodeURI(decodeURI(tag)) })
    expect([answer.status, answer.codes.length]).toEqual([400, 1])
  })

  it('what the protocol does not know is refused in its own form', async () => {
    for (const [method, path, status] of [
      ['GET', '/v2/conformance/errors/unknown', 404],
      ['POST', manifestPath(name, 'v1'), 405],
      ['PUT', blobPath(name, newBlob(1).digest), 405],
      ['DELETE', '/v2/conformance/errors/tags/list', 405],
      ['POST', '/v2/', 405],
    ] as const) {
      const answer = await client.call(method, path)
      expect([method, path, answer.status, answer.codes.length]).toEqual([method, path, status, 1])
    }
  })
})

describe('uploads', () => {
  it('one that nobody began is unknown', async () => {
    for (const id of ['0197a0a0-0000-7000-8000-000000000000', 'not-an-id', '..', '%00']) {
      for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
        const answer = await client.call(method, `${uploadsPath(name)}${id}`, {
          query: { digest: newBlob(1).digest },
        })
        expect(answer.status).toBeGreaterThanOrEqual(400)
        expect(answer.status).toBeLessThan(500)
      }
    }
    const answer = await client.get(`${uploadsPath(name)}0197a0a0-0000-7000-8000-000000000000`)
    expect([answer.status, answer.codes]).toEqual([404, ['BLOB_UPLOAD_UNKNOWN']])
  })

  it('one of another repository is unknown', async () => {
    const location = await beginUpload(client, name)
    const elsewhere = location.replace(name, 'conformance/elsewhere')
    const answer = await client.patch(elsewhere, {
      headers: { 'content-range': '0-0' },
      body: Buffer.from('x'),
    })
    expect([answer.status, answer.codes]).toEqual([404, ['BLOB_UPLOAD_UNKNOWN']])
  })

  it('a closing PUT without a digest is refused, and the upload goes on', async () => {
    const blob = newBlob(10)
    const location = await beginUpload(client, name)
    const answer = await client.put(location, { body: blob.bytes })
    expect([answer.status, answer.codes]).toEqual([400, ['DIGEST_INVALID']])
    expect((await client.get(location)).status).toBe(204)
  })

  it.each(['0-99', '0-1'])('a chunk of ten bytes that says %s is refused', async (range) => {
    const location = await beginUpload(client, name)
    const call = { headers: { 'content-range': range }, body: Buffer.alloc(10) }
    const answer = await client.patch(location, call)
    expect([answer.status, answer.codes]).toEqual([400, ['SIZE_INVALID']])
    expect((await client.get(location)).header('range')).toBe('0-0')
  })

  it.each(['0-', 'x', '9-0', 'lines 0-9/10', '0-9,20-29', '1e3-2e3'])(
    'a chunk with the Content-Range “%s” is 416',
    async (range) => {
      const location = await beginUpload(client, name)
      const answer = await client.patch(location, {
        headers: { 'content-range': range },
        body: Buffer.alloc(10),
      })
      expect([answer.status, answer.codes]).toEqual([416, ['BLOB_UPLOAD_INVALID']])
      expect((await client.get(location)).status).toBe(204)
    },
  )

  it('a body that ends before its length leaves no chunk', async () => {
    const location = await beginUpload(client, name)
    const lines = [
      `PATCH ${location} HTTP/1.1`,
      'Host: 127.0.0.1',
      `Authorization: ${basic('admin', secret)}`,
      'Content-Length: 1000',
    ]
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined).resume()
    socket.end(`${lines.join('\r\n')}\r\n\r\nonly this`)
    await once(socket, 'close')
    const state = await client.get(location)
    expect([state.status, state.header('range')]).toEqual([204, '0-0'])
  })

  it('a body that goes on after its digest is wrong leaves nothing', async () => {
    const blob = newBlob(20_000)
    const spoilt = Buffer.concat([blob.bytes, Buffer.from('oh no')])
    const answer = await client.post(uploadsPath(name), { query: { digest: blob.digest }, body: spoilt })
    expect([answer.status, answer.codes]).toEqual([400, ['DIGEST_INVALID']])
    expect((await client.head(blobPath(name, blob.digest))).status).toBe(404)
  })

  it('a mount of what is no digest is refused or begins an upload', async () => {
    const answer = await client.post(uploadsPath(name), { query: { mount: 'sha256:bad', from: name } })
    expect([202, 400]).toContain(answer.status)
  })
})

describe('manifests', () => {
  const config = buildBlob(Buffer.from('{}'), 'application/vnd.oci.empty.v1+json')
  const put = (content: string | Buffer, type = OCI_MANIFEST) =>
    client.put(manifestPath(name, 'bad'), { headers: { 'content-type': type }, body: Buffer.from(content) })

  it.each([
    ['nothing', ''],
    ['no JSON', '{"schemaVersion": 2,'],
    ['a list', '[]'],
    ['text that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['no schema version', '{}'],
    [
      'layers that are no list',
      `{"schemaVersion":2,"config":${JSON.stringify({ mediaType: 'a/b', digest: config.digest, size: 2 })},"layers":{}}`,
    ],
    [
      'a digest that is none',
      '{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"sha256:x","size":2},"layers":[]}',
    ],
    [
      'a size below zero',
      `{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"${config.digest}","size":-1},"layers":[]}`,
    ],
    ['another type than was sent', `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[]}`],
    [
      'layers and manifests at once',
      `{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"${config.digest}","size":2},"layers":[],"manifests":[]}`,
    ],
    ['depth without end', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
  ])('%s is refused', async (_, content) => {
    const answer = await put(content)
    expect([answer.status, answer.codes]).toEqual([400, ['MANIFEST_INVALID']])
    expect((await client.head(manifestPath(name, 'bad'))).status).toBe(404)
  })

  it('a type that is none of a manifest is refused', async () => {
    const answer = await put('{"schemaVersion":2}', 'text/plain')
    expect([answer.status, answer.codes]).toEqual([400, ['MANIFEST_INVALID']])
  })

  it('a descriptor with another size than the blob has is refused', async () => {
    const image = buildImage({ layers: ['size'] })
    for (const blob of image.blobs) await pushBlob(client, name, blob)
    const { layers } = image.json as { layers: { size: number }[] }
    const wrong = layers.map((layer) => ({ ...layer, size: layer.size + 1 }))
    const lying = buildManifest({ mediaType: OCI_MANIFEST, json: { ...image.json, layers: wrong } })
    const answer = await putManifest(client, name, lying)
    expect([answer.status, answer.codes]).toEqual([400, ['SIZE_INVALID']])
  })

  it('embedded data that is not what its digest says is refused', async () => {
    await pushBlob(client, name, config)
    const data = Buffer.from('[]').toString('base64')
    const json = { config: { mediaType: config.mediaType, digest: config.digest, size: 2, data }, layers: [] }
    const answer = await putManifest(client, name, buildManifest({ mediaType: OCI_MANIFEST, json }))
    expect([answer.status, answer.codes]).toEqual([400, ['MANIFEST_INVALID']])
  })
})

describe('who asks', () => {
  it('a wrong password is 401 with a challenge, and so is a token that was made up', async () => {
    for (const authorization of [basic('admin', 'wrong'), 'Bearer made.up.token', 'Bearer ', 'Basic !!!']) {
      const answer = await registryClient(client.base, authorization).get('/v2/')
      expect([authorization, answer.status, answer.codes]).toEqual([authorization, 401, ['UNAUTHORIZED']])
      expect(answer.header('www-authenticate')).toMatch(/^Bearer realm="[^"]+",service="[^"]+"/)
    }
  })

  it('a push by nobody is 401 with the scope it takes, also when its body is large', async () => {
    const nobody = registryClient(client.base)
    const answer = await nobody.post(uploadsPath(name))
    expect([answer.status, answer.codes]).toEqual([401, ['UNAUTHORIZED']])
    expect(answer.header('www-authenticate')).toContain(`scope="repository:${name}:pull,push"`)
    const large = buildBlob(Buffer.alloc(3_900_000), 'application/octet-stream')
    for (let round = 0; round < 5; round += 1) {
      const whole = await nobody.post(uploadsPath(name), {
        query: { digest: large.digest },
        body: large.bytes,
      })
      expect([whole.status, whole.codes]).toEqual([401, ['UNAUTHORIZED']])
    }
    expect((await client.head(blobPath(name, digestOf(large.bytes)))).status).toBe(404)
  })

  it('nobody gets a token too, and a client that sends empty credentials is nobody', async () => {
    const challenge = (await registryClient(client.base).get('/v2/')).header('www-authenticate')
    const realm = /realm="([^"]+)"/.exec(challenge)?.[1] ?? ''
    const service = /service="([^"]+)"/.exec(challenge)?.[1] ?? ''
    for (const authorization of [undefined, basic('', '')]) {
      const answer = await registryClient(client.base, authorization).get(realm, { query: { service } })
      expect(answer.status).toBe(200)
      expect(answer.json<{ token: string; access_token: string }>()).toMatchObject({
        token: expect.any(String),
        access_token: expect.any(String),
      })
    }
    const wrong = await registryClient(client.base, basic('admin', 'wrong')).get(realm, {
      query: { service },
    })
    expect(wrong.status).toBe(401)
  })

  it('an upload of somebody is not another’s without the right to push', async () => {
    const location = await beginUpload(client, name)
    const answer = await registryClient(client.base).put(finishing(location, newBlob(1).digest, client.base))
    expect(answer.status).toBe(401)
  })
})
