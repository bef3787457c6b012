import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSecret } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { statuses } from '@/test/support/raw-socket'
import { openTestRegistry } from '@/test/support/registry'
import { basic, beginUpload, registryClient } from '@/test/support/registry-client'
import { imageOf, putBlob, putManifest } from '@/test/support/registry-push'

const ctx = await openTestContext()
const { client, port, secret } = await openTestRegistry(ctx)
const nobody = registryClient(client.base)
const administrator = { actor: await createActor(ctx, 'administrator'), grants: 'all' as const }
const name = 'door/it'
await putBlob(ctx, name, '{}')
await putManifest(ctx, administrator, { name, content: imageOf(['{}']), tags: ['1'] })

/** A registry token of the client, for these scopes alone. */
async function tokenFor(authorization: string | undefined, ...scopes: string[]) {
  const challenge = (await nobody.get('/v2/')).header('www-authenticate')
  const part = (field: string) => new RegExp(`${field}="([^"]+)"`).exec(challenge)?.[1] ?? ''
  const query = { service: part('service'), scope: scopes }
  const answer = await registryClient(client.base, authorization).get(part('realm'), { query })
  return registryClient(client.base, `Bearer ${answer.json<{ token: string }>().token}`)
}

describe('a registry token', () => {
  it('opens the catalog when it was issued for that, and not otherwise', async () => {
    const authorization = client.authorization ?? ''
    const narrow = await tokenFor(authorization, `repository:${name}:pull`)
    expect((await narrow.get(`/v2/${name}/tags/list`)).status).toBe(200)
    const refused = await narrow.get('/v2/_catalog')
    expect([refused.status, refused.codes]).toEqual([401, ['UNAUTHORIZED']])
    expect(refused.header('www-authenticate')).toMatch(
      /scope="registry:catalog:\*".*error="insufficient_scope"/,
    )
    const wide = await tokenFor(authorization, 'registry:catalog:*')
    expect((await wide.get('/v2/_catalog')).json()).toEqual({ repositories: [name] })
  })

  it('of nobody shows nobody what only those with a name may read', async () => {
    const anonymous = await tokenFor(undefined, 'registry:catalog:*', `repository:${name}:pull`)
    expect((await anonymous.get('/v2/_catalog')).json()).toEqual({ repositories: [] })
    expect((await anonymous.get(`/v2/${name}/tags/list`)).status).toBe(401)
  })

  it('to push is none to delete, nor to read elsewhere', async () => {
    const pusher = await tokenFor(client.authorization ?? '', `repository:${name}:push`)
    expect((await pusher.delete(`/v2/${name}/manifests/1`)).status).toBe(401)
    expect((await pusher.get(`/v2/${name}/manifests/1`)).status).toBe(401)
    expect((await pusher.post('/v2/door/other/blobs/uploads/')).status).toBe(401)
    expect((await pusher.post(`/v2/${name}/blobs/uploads/`)).status).toBe(202)
  })
})

describe('mirrored images', () => {
  it('are judged at one node, by whichever name a client asks for them', async () => {
    const member = await createActor(ctx, 'member')
    const reader = registryClient(
      client.base,
      basic('x', await createSecret(ctx, member, { scopes: ['read'] })),
    )
    const ask = async (path: string) => (await reader.get(path)).status
    const names = [
      '/v2/mirror/docker.io/library/debian/tags/list',
      '/v2/mirror/docker.io/debian/tags/list',
      '/v2/mirror/registry-1.docker.io/debian/tags/list',
      '/v2/mirror/index.docker.io/library/debian/tags/list',
      '/v2/library/debian/tags/list?ns=docker.io',
      '/v2/debian/tags/list?ns=registry-1.docker.io',
    ]
    for (const path of names) expect([path, await ask(path)]).toEqual([path, 404])
    await ctx.db.node.create({
      data: {
        cluster: 'default',
        path: 'mirror/docker.io/library/debian',
        rules: { create: { subject: 'everyone', permissions: ['read'], effect: 'deny' } },
      },
    })
    await ctx.pool.query(`SELECT pg_notify('entrepot', '{"topic":"access"}')`)
    await vi.waitFor(async () => expect(await ask(names[0] ?? '')).toBe(403))
    for (const path of names) expect([path, await ask(path)]).toEqual([path, 403])
    expect(await ask('/v2/mirror/docker.io/library/alpine/tags/list')).toBe(404)
  })

  it('are written by nobody', async () => {
    for (const path of ['mirror/docker.io/a/blobs/uploads/', 'mirror/blobs/uploads/']) {
      expect((await client.post(`/v2/${path}`)).status).toBe(405)
    }
    expect((await client.delete('/v2/mirror/docker.io/a/manifests/1')).status).toBe(405)
  })
})

describe('text that no database takes', () => {
  it.each([
    `/v2/${name}/tags/list?last=%00`,
    `/v2/_catalog?last=a%00`,
    `/v2/${name}/referrers/sha256:${'a'.repeat(64)}?artifactType=%00`,
    `/v2/${name}%00/tags/list`,
  ])('is refused: %s', async (path) => {
    expect((await client.get(path)).status).toBe(400)
  })
})

describe('a body that is not wanted', () => {
  const authorization = `Authorization: ${basic('x', secret)}`
  const ask = (method: string, path: string, ...more: string[]) =>
    `${[`${method} ${path} HTTP/1.1`, 'Host: localhost', ...more].join('\r\n')}\r\n\r\n`
  const after = ask('GET', `/v2/${name}/tags/list`, authorization)

  /** One connection, with all that came on it. */
  function connection() {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      answer += chunk
    })
    socket.on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    const come = (...expected: number[]) =>
      vi.waitFor(() => expect(statuses(answer)).toEqual(expected), { interval: 20 })
    return { socket, come, answer: () => answer }
  }

  const unwanted = Buffer.alloc(3_000_000, 'GET /v2/ HTTP/1.1\r\nHost: smuggled\r\n\r\n')
  const push = (...more: string[]) =>
    ask('PUT', `/v2/${name}/manifests/2`, `Content-Length: ${unwanted.length}`, ...more)

  it('leaves the connection to the next request', async () => {
    const { socket, come, answer } = connection()
    for (let round = 0; round < 2; round += 1) {
      socket.write(push())
      socket.write(unwanted)
    }
    socket.write(after)
    await come(401, 401, 200)
    expect(answer()).toContain('{"name":"door/it","tags":["1"]}')
  })

  it('is not asked for, and none of it is taken for a request', async () => {
    const { socket, come, answer } = connection()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(push('Expect: 100-continue'))
    await come(401)
    expect(answer()).toMatch(/^connection: close\r$/im)
    // A client that has read this sends nothing more; one that has not is not listened to.
    socket.write(unwanted)
    socket.write(after)
    await closed
    await come(401)
  })

  it('is said to be wanted once, and only when it is', async () => {
    const { socket, come } = connection()
    const content = imageOf(['{}'])
    const head = [authorization, `Content-Length: ${content.length}`, 'Expect: 100-continue']
    socket.write(ask('PUT', `/v2/${name}/manifests/2`, ...head))
    await come(100)
    socket.write(content)
    await come(100, 201)
    socket.write(ask('PUT', `/v2/${name}/blobs/uploads/none?digest=sha256:${'a'.repeat(64)}`, ...head))
    await come(100, 201, 404)
  })

  it('is let through where it grows too large', async () => {
    const { socket, come } = connection()
    socket.write(ask('PUT', `/v2/${name}/manifests/3`, authorization, 'Transfer-Encoding: chunked'))
    const block = Buffer.alloc(1_000_000, ' ')
    for (let at = 0; at < 6; at += 1)
      socket.write(Buffer.concat([Buffer.from('f4240\r\n'), block, Buffer.from('\r\n')]))
    socket.write('0\r\n\r\n')
    socket.write(after)
    await come(413, 200)
  })

  it('is let through where it is not the chunk that comes next', async () => {
    const { socket, come } = connection()
    const location = new URL(await beginUpload(client, name), client.base).pathname
    const body = Buffer.alloc(500_000, 'x')
    socket.write(
      ask('PATCH', location, authorization, `Content-Length: ${body.length}`, 'Content-Range: 7-500006'),
    )
    socket.write(body)
    socket.write(after)
    await come(416, 200)
  })

  it('that stops half-way leaves no bytes, and the upload where it was', async () => {
    const { socket } = connection()
    const location = new URL(await beginUpload(client, name), client.base).pathname
    const storage = ctx.clusters.named('default').storage
    const left = async () => {
      let count = 0
      for await (const _key of storage.list('uploads/')) count += 1
      return count
    }
    const before = await left()
    socket.write(ask('PATCH', location, authorization, 'Content-Length: 1000000'))
    socket.write(Buffer.alloc(700_000))
    await vi.waitFor(() => expect(socket.writableLength).toBe(0))
    socket.destroy()
    await vi.waitFor(async () => {
      expect(await storage.sweep(-1_000)).toBe(0)
      expect((await client.get(location)).header('range')).toBe('0-0')
    })
    expect(await left()).toBe(before)
    expect((await client.patch(location, { body: Buffer.from('all') })).status).toBe(202)
  })
})
