import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect } from 'vitest'
import { declareImage } from '@/server/images/declare-image'
import { buildArtifact, buildImage, buildIndex } from '@/test/support/build-image'
import { containerClients } from '@/test/support/container-clients'
import { openTestContext } from '@/test/support/context'
import { startDockerRegistry } from '@/test/support/docker-registry'
import { declareImageRow, runImageFetch } from '@/test/support/fetching-images'
import { createActor, createTeam } from '@/test/support/people'
import { startTestProxy } from '@/test/support/proxy'
import { startTestRegistry } from '@/test/support/registry'
import { itWith } from '@/test/support/tools'
import { startRegistry } from '@/test/support/upstream-registry'

/*
 * Unchanged clients pull a mirrored image under its own name, from a registry that is gone. Go programs go round a proxy for
 * names of the loopback, so the registry has a name of its own; that takes the right to write /etc/hosts.
 */

const NAME = 'registry.upstream.test'
const HOSTS = '/etc/hosts'

const isNamed = tryToName()
const ctx = await openTestContext()
const proxy = await startTestProxy(ctx)
const clients = await containerClients([], {
  ...{ HTTPS_PROXY: proxy.url, https_proxy: proxy.url, SSL_CERT_FILE: proxy.caFile },
  ...{ SSL_CERT_DIR: '/nonexistent', NO_PROXY: '', no_proxy: '' },
})

function tryToName(): boolean {
  try {
    // The last line of the file before may have no end.
    const line = `\n127.0.0.1 ${NAME}\n`
    appendFileSync(HOSTS, line)
    afterAll(() => takeOut(line))
    return true
  } catch {
    return false
  }
}

/** Other programs read the file meanwhile, so what it had before is never gone from it, if that can be. */
function takeOut(line: string): void {
  const text = readFileSync(HOSTS, 'utf8')
  if (text.endsWith(line)) truncateSync(HOSTS, Buffer.byteLength(text) - Buffer.byteLength(line))
  else writeFileSync(HOSTS, text.replace(line, ''))
}

const hex = (digest = '') => digest.slice('sha256:'.length)

/** A multi-platform image with a signature, declared, fetched with a token, and then its registry ended. */
async function mirrored(host = NAME) {
  const upstream = await startRegistry({ name: host, behaviour: { auth: 'token' } })
  const images = ['linux/amd64', 'linux/arm64'].map((platform) =>
    buildImage({ platform, layers: [platform, 'more'] }),
  )
  const index = buildIndex(images)
  const docker = buildImage({ format: 'docker', layers: ['docker'] })
  upstream.push('org/img', index)
  upstream.push('org/img', docker)
  upstream.push('org/img', buildArtifact({ artifactType: 'application/vnd.test.signature', subject: index }))
  const team = await createTeam(ctx)
  const actor = await createActor(ctx, 'member', [team])
  for (const { digest } of [index, docker]) {
    const reference = `${upstream.name}/org/img@${digest}`
    const { image } = await declareImage(ctx, actor, { reference, reason: 'To test.', team: team.slug })
    const { image: fetched } = await runImageFetch(ctx, image.id)
    expect(fetched).toMatchObject({ state: 'stored', error: null })
  }
  await upstream.close()
  return { name: `${upstream.name}/org/img`, index, docker, images }
}

describe('skopeo, without a proxy', () => {
  itWith('skopeo', 'copies a mirrored image from the own registry', async () => {
    const gateway = await startTestRegistry(ctx)
    const { name, index, images } = await mirrored('127.0.0.1')
    const own = `127.0.0.1:${gateway.port}/mirror/${name.replace(':', '__')}`
    const bare = await containerClients([`127.0.0.1:${gateway.port}`])
    const directory = join(bare.directory, 'own')
    await bare.skopeo(
      'copy',
      '--all',
      '--src-tls-verify=false',
      `docker://${own}@${index.digest}`,
      `dir:${directory}`,
    )
    expect(await readFile(join(directory, 'manifest.json'))).toEqual(index.bytes)
    const [, layer] = images[0]?.blobs ?? []
    expect(await readFile(join(directory, hex(layer?.digest)))).toEqual(layer?.bytes)
  })
})

describe('a registry of another make', () => {
  itWith('docker-registry', 'is fetched from, whole', async () => {
    const source = await startRegistry()
    const image = buildImage({ format: 'docker', layers: ['from docker-registry', 'x'.repeat(100_000)] })
    const index = buildIndex(
      [image, buildImage({ format: 'docker', platform: 'linux/arm64', layers: ['other'] })],
      {
        format: 'docker',
      },
    )
    source.push('org/img', index)
    const other = await startDockerRegistry(join(clients.directory, 'docker-registry'))
    const bare = await containerClients([source.name, other])
    const tls = ['--src-tls-verify=false', '--dest-tls-verify=false']
    const from = `docker://${source.name}/org/img@${index.digest}`
    await bare.skopeo('copy', '--all', '--preserve-digests', ...tls, from, `docker://${other}/org/img:v1`)
    await source.close()
    const row = await declareImageRow(ctx, {
      registry: other,
      repository: 'org/img',
      digest: index.digest,
    })
    const { image: fetched } = await runImageFetch(ctx, row)
    expect(fetched).toMatchObject({ state: 'stored', partsTotal: 8, error: null })
  })
})

describe.skipIf(!isNamed)('skopeo, through the proxy', () => {
  itWith('skopeo', 'copies a mirrored image under its own name', async () => {
    const { name, index, docker, images } = await mirrored()
    const all = join(clients.directory, 'all')
    await clients.skopeo('copy', '--all', `docker://${name}@${index.digest}`, `dir:${all}`)
    expect(await readFile(join(all, 'manifest.json'))).toEqual(index.bytes)
    for (const blob of images.flatMap(({ blobs }) => blobs)) {
      expect(await readFile(join(all, hex(blob.digest)))).toEqual(blob.bytes)
    }

    const one = join(clients.directory, 'one')
    await clients.skopeo('copy', `docker://${name}@${docker.digest}`, `dir:${one}`)
    expect(await readFile(join(one, 'manifest.json'))).toEqual(docker.bytes)

    const raw = await clients.skopeo('inspect', '--raw', `docker://${name}@${index.digest}`)
    expect(Buffer.from(raw)).toEqual(index.bytes)
  })

  itWith('skopeo', 'shows people why it gets nothing', async () => {
    const { name, index } = await mirrored()
    await expect(clients.skopeo('inspect', '--raw', `docker://${name}:latest`)).rejects.toThrow(
      /by digest only/,
    )
    const undeclared = index.digest.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
    await expect(clients.skopeo('inspect', '--raw', `docker://${name}@${undeclared}`)).rejects.toThrow(
      /Nobody has declared .*\/images\/declare/,
    )
  })

  itWith('podman', 'pulls it as well', async () => {
    const { name, index } = await mirrored()
    await clients.podman('pull', '--quiet', '--arch', 'arm64', `${name}@${index.digest}`)
    expect(await clients.podman('images', '--digests', '--format', '{{.Digest}}')).toContain('sha256:')
  })
})
