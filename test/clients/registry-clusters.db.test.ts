import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { openTestApi } from '@/test/support/api'
import { type BuiltImage, buildImage, buildIndex } from '@/test/support/build-image'
import { containerClients } from '@/test/support/container-clients'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import {
  basic,
  manifestPath,
  pushImage,
  type RegistryClient,
  registryClient,
} from '@/test/support/registry-client'
import { startS3 } from '@/test/support/s3'
import { itWith } from '@/test/support/tools'
import { startYt } from '@/test/support/yt-server'

/* Three clusters with three kinds of storage behind one port, chosen by Host as in origin 001. */

const [s3, yt, disk] = [await startS3(), await startYt(), await mkdtemp(join(tmpdir(), 'entrepot-cluster-'))]
const ctx = await openTestContext({
  ENTREPOT_CLUSTERS: [
    `archive=${s3.place('registry')}`,
    `disk=file:${disk}`,
    `hume=${yt.place('//sys/admin/registry', '?auth=user')}`,
  ].join(' '),
  ENTREPOT_YT_TOKEN: 'service-token',
})
const registry = await openTestRegistry(ctx)
const { cypress } = yt
cypress.addUser('ada', 'ada-token')
cypress.addAccount('research', ['ada'])
cypress.make('//home/ada', 'research')
cypress.allow('//home/ada', ['ada'], ['read', 'write', 'remove'])
cypress.addUser('bob', 'bob-token')
afterAll(async () => {
  await Promise.all([s3.close(), yt.close()])
  await rm(disk, { recursive: true, force: true })
})

const hostOf = (cluster: string) => `registry.${cluster}.yt.example.org`
const at = (cluster: string, secret = registry.secret) =>
  registryClient(registry.url, basic('anybody', secret), hostOf(cluster))
const clients: [string, RegistryClient][] = [
  ['archive', at('archive')],
  ['disk', at('disk')],
  ['hume', at('hume', 'ada-token')],
]
const name = 'home/ada/images/linter'
const image = (text: string) => buildImage({ layers: ['base', text] })

/** Where a cluster keeps the bytes of a layer, as its own readers name it. */
const places: Record<string, (path: string) => string> = {
  archive: (path) => `s3://${s3.bucket}/registry/${path}`,
  disk: (path) => `${disk}/${path}`,
  hume: (path) => `//sys/admin/registry/${path}`,
}
const layersOf = (cluster: string, { blobs }: BuiltImage) =>
  blobs.slice(1).map(({ digest }) => {
    const hex = digest.slice('sha256:'.length)
    return places[cluster]?.(`docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`)
  })

describe.each(clients)('the cluster %s', (cluster, client) => {
  const own = image(cluster)
  const onArm = buildImage({ platform: 'linux/arm64', layers: ['base', `${cluster} on arm`] })
  const index = buildIndex([own, onArm])

  it('has images of its own', async () => {
    await pushImage(client, name, own, 'v1')
    const pulled = await client.get(manifestPath(name, 'v1'))
    expect([pulled.status, pulled.body.equals(own.bytes)]).toEqual([200, true])
    for (const { digest, bytes } of own.blobs)
      expect((await client.get(`/v2/${name}/blobs/${digest}`)).body.equals(bytes)).toBe(true)
    expect((await registry.client.get(manifestPath(name, 'v1'))).status).toBe(404)
    for (const [other, elsewhere] of clients)
      if (other !== cluster) expect((await elsewhere.get(manifestPath(name, own.digest))).status).toBe(404)
  })

  it('tells schedulers the layers of each tag, and of each platform', async () => {
    await pushImage(client, name, index, 'multi')
    const expected = {
      v1: layersOf(cluster, own),
      multi: { 'linux/amd64': layersOf(cluster, own), 'linux/arm64': layersOf(cluster, onArm) },
    }
    if (cluster === 'hume') {
      const node = () => cypress.execute('root', 'get', { path: `//${name}/_tags` }) as { value: unknown }
      await vi.waitFor(() => expect(node().value).toEqual(expected))
      return
    }
    const { call } = openTestApi(ctx)
    await vi.waitFor(async () => {
      const answer = await call(`/registry/${cluster}/hints/${name}`, { token: registry.secret })
      expect([answer.status, await answer.json()]).toEqual([200, expected])
    })
    const yson = await call(`/registry/${cluster}/hints/${name}?format=yson`, { token: registry.secret })
    expect(await yson.text()).toContain(`"v1" = [\n"${expected.v1[0]}";\n"${expected.v1[1]}"\n]`)
  })

  it('forgets the layers of a tag that is deleted', async () => {
    expect((await client.delete(manifestPath(name, 'v1'))).status).toBe(202)
    if (cluster !== 'hume') {
      const { call } = openTestApi(ctx)
      const answer = await call(`/registry/${cluster}/hints/${name}`, { token: registry.secret })
      expect(Object.keys((await answer.json()) as object)).toEqual(['multi'])
      return
    }
    const { value } = cypress.execute('root', 'get', { path: `//${name}/_tags` }) as { value: object }
    expect(Object.keys(value)).toEqual(['multi'])
  })
})

describe('the bytes', () => {
  it('lie where the hints say', async () => {
    const own = image('disk')
    await pushImage(at('disk'), name, own, 'bytes')
    for (const [place, { bytes }] of own.blobs.slice(1).entries())
      expect((await readFile(layersOf('disk', own)[place] ?? '')).equals(bytes)).toBe(true)
    expect(cypress.files().filter((path) => path.includes('docker/registry/v2/blobs'))).not.toEqual([])
    expect(s3.requests.some((asked) => asked.includes('docker/registry/v2/blobs'))).toBe(true)
  })
})

describe('a host', () => {
  it('that names no cluster is the default one, and one that is not configured is refused', async () => {
    const plain = registryClient(registry.url, basic('x', registry.secret), 'entrepot.example.org')
    await pushImage(plain, 'some/image', image('default'), 'v1')
    expect((await registry.client.get(manifestPath('some/image', 'v1'))).status).toBe(200)
    const unknown = await at('kant').get(manifestPath('some/image', 'v1'))
    expect([unknown.status, unknown.codes]).toEqual([404, ['NAME_UNKNOWN']])
    const withPort = registryClient(registry.url, basic('x', registry.secret), `${hostOf('disk')}:443`)
    expect((await withPort.get(manifestPath(name, 'bytes'))).status).toBe(200)
  })
})

describe('a cluster that decides itself', () => {
  it('is asked with the token that is the password', async () => {
    const bob = at('hume', 'bob-token')
    expect((await bob.post(`/v2/${name}/blobs/uploads/`)).status).toBe(403)
    expect((await bob.get(manifestPath(name, 'multi'))).status).toBe(200)
    const nobody = registryClient(registry.url, undefined, hostOf('hume'))
    const refused = await nobody.get('/v2/')
    expect([refused.status, refused.header('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Basic /),
    ])
    expect((await at('hume', 'made-up').get('/v2/')).status).toBe(401)
    expect((await bob.delete(manifestPath(name, 'multi'))).status).toBe(403)
  })
})

describe('skopeo', () => {
  itWith('skopeo', 'copies from cluster to cluster by their names', async () => {
    // The names exist in no DNS: a proxy leads them all to the gateway, and keeps the Host.
    const proxy = createServer((asked, response) => {
      const { pathname, search, host } = new URL(asked.url ?? '')
      const options = {
        ...{ port: registry.port, host: '127.0.0.1', method: asked.method },
        path: pathname + search,
      }
      const onward = request({ ...options, headers: { ...asked.headers, host } }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      onward.on('error', () => response.destroy())
      asked.pipe(onward)
    })
    proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 403 No\r\n\r\n'))
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    try {
      const programs = await containerClients([hostOf('disk'), hostOf('archive'), hostOf('hume')], {
        ...{ http_proxy: url, https_proxy: url, HTTP_PROXY: url, HTTPS_PROXY: url },
      })
      for (const [cluster, password] of [
        ['disk', registry.secret],
        ['archive', registry.secret],
        ['hume', 'ada-token'],
      ])
        await programs.skopeo('login', '-u', 'ada', '-p', password ?? '', hostOf(cluster ?? ''))
      await pushImage(at('disk'), 'tools/copied', image('copied'), 'v1')
      const from = `docker://${hostOf('disk')}/tools/copied:v1`
      await programs.skopeo('copy', from, `docker://${hostOf('archive')}/tools/copied:v1`)
      await programs.skopeo(
        'copy',
        `docker://${hostOf('archive')}/tools/copied:v1`,
        `docker://${hostOf('hume')}/home/ada/copied:v1`,
      )
      const copied = await at('hume', 'ada-token').get(manifestPath('home/ada/copied', 'v1'))
      expect(copied.body.equals(image('copied').bytes)).toBe(true)
      await expect(
        programs.skopeo('copy', from, `docker://${hostOf('hume')}/home/bob/copied:v1`),
      ).rejects.toThrow(/denied|unauthorized/i)
    } finally {
      proxy.closeAllConnections()
      proxy.close()
    }
  })
})
