import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '@/server/oci/media-types'
import {
  buildArtifact,
  buildBlob,
  buildImage,
  buildIndex,
  buildManifest,
  descriptorOf,
} from '@/test/support/build-image'
import type { ContainerClients } from '@/test/support/container-clients'
import { basic, manifestPath, pushImage, putManifest, registryClient } from '@/test/support/registry-client'
import { itWith } from '@/test/support/tools'

/** Where a registry is, and somebody who may do everything there. */
export interface Place {
  /** `127.0.0.1:8080` */
  host: string
  user: string
  password: string
  clients: ContainerClients
}

const platforms = ['linux/amd64', 'linux/arm64/v8']

/** What skopeo, podman and buildah do with a registry, unchanged; the same at every door of it. */
export function describePrograms(title: string, place: () => Place): void {
  const { skopeo, podman, buildah } = {
    skopeo: (...args: string[]) => place().clients.skopeo(...args),
    podman: (...args: string[]) => place().clients.podman(...args),
    buildah: (...args: string[]) => place().clients.buildah(...args),
  }
  const at = (image: string) => `${place().host}/${image}`
  const url = (image: string) => `docker://${at(image)}`
  const api = () => registryClient(`http://${place().host}`, basic(place().user, place().password))
  const login = async () => skopeo('login', '-u', place().user, '-p', place().password, place().host)
  const raw = async (image: string) => JSON.parse(await skopeo('inspect', '--raw', url(image)))
  const tags = async (image: string) => JSON.parse(await skopeo('list-tags', url(image))).Tags as string[]

  /** A container from scratch with one file, as an image of podman's and buildah's storage. */
  async function build(name: string, content: string): Promise<void> {
    const file = join(place().clients.directory, `${name}.txt`)
    await writeFile(file, content)
    const container = (await buildah('from', 'scratch')).trim()
    await buildah('copy', container, file, '/file.txt')
    await buildah('commit', '--quiet', container, name)
  }

  describe(title, () => {
    itWith('skopeo', 'skopeo signs in and out, and is told when the password is wrong', async () => {
      const { host, user } = place()
      await expect(skopeo('login', '-u', user, '-p', 'wrong', host)).rejects.toThrow(/unauthorized|invalid/i)
      await expect(
        skopeo('copy', `dir:${place().clients.directory}`, url('clients/denied:1')),
      ).rejects.toThrow()
      expect(await login()).toContain('Login Succeeded')
      expect(await skopeo('login', '--get-login', host)).toContain(user)
      expect(await skopeo('logout', host)).toContain('Removed login credentials')
      await expect(skopeo('list-tags', url('clients/private'))).rejects.toThrow()
      await login()
    })

    itWith('buildah', 'buildah pushes OCI and Docker images that it built, and takes them back', async () => {
      await login()
      await build('built', `built at ${title}`)
      await buildah('push', '--format', 'oci', 'built', url('clients/built:oci'))
      await buildah('push', '--format', 'docker', 'built', url('clients/built:docker'))
      expect((await raw('clients/built:oci')).mediaType).toBe(OCI_MANIFEST)
      expect((await raw('clients/built:docker')).mediaType).toBe(DOCKER_MANIFEST)
      await buildah('rmi', 'built')
      const container = (await buildah('from', at('clients/built:oci'))).trim()
      await buildah('copy', container, join(place().clients.directory, 'built.txt'), '/second.txt')
      await buildah('commit', '--quiet', container, url('clients/built:more'))
      expect((await raw('clients/built:more')).layers).toHaveLength(2)
      expect(await tags('clients/built')).toEqual(['docker', 'more', 'oci'])
    })

    itWith('podman', 'podman pushes, pulls by tag and by digest, and searches', async () => {
      await login()
      await pushImage(api(), 'clients/pulled', buildImage({ layers: ['podman', title] }), 'oci')
      await pushImage(
        api(),
        'clients/pulled',
        buildImage({ format: 'docker', layers: ['podman, docker', title] }),
        'docker',
      )
      for (const tag of ['oci', 'docker']) {
        await podman('pull', '--quiet', at(`clients/pulled:${tag}`))
        const digest = (
          await podman('image', 'inspect', '--format', '{{.Digest}}', at(`clients/pulled:${tag}`))
        ).trim()
        expect((await api().head(manifestPath('clients/pulled', tag))).header('docker-content-digest')).toBe(
          digest,
        )
        await podman('pull', '--quiet', at(`clients/pulled@${digest}`))
        await podman('push', '--quiet', at(`clients/pulled:${tag}`), url(`clients/pushed:${tag}`))
      }
      expect(await tags('clients/pushed')).toEqual(['docker', 'oci'])
      expect(await podman('search', at(''))).toContain(at('clients/pushed'))
    })

    itWith('podman', 'podman and buildah push lists of several platforms', async () => {
      await login()
      for (const [place_, platform] of platforms.entries())
        await pushImage(
          api(),
          'clients/parts',
          buildImage({ platform, layers: [platform, title] }),
          `p${place_}`,
        )
      await podman('manifest', 'create', 'listed')
      for (const tag of ['p0', 'p1']) await podman('manifest', 'add', 'listed', url(`clients/parts:${tag}`))
      await podman('manifest', 'push', '--all', '--format', 'oci', 'listed', url('clients/listed:oci'))
      await buildah('manifest', 'push', '--all', '--format', 'v2s2', 'listed', url('clients/listed:docker'))
      await podman('manifest', 'rm', 'listed')
      for (const [tag, type] of [
        ['oci', OCI_INDEX],
        ['docker', DOCKER_LIST],
      ]) {
        const list = await raw(`clients/listed:${tag}`)
        expect([list.mediaType, list.manifests.length]).toEqual([type, 2])
        await podman('pull', '--quiet', '--platform', 'linux/arm64/v8', at(`clients/listed:${tag}`))
        expect(
          await podman('image', 'inspect', '--format', '{{.Architecture}}', at(`clients/listed:${tag}`)),
        ).toBe('arm64\n')
      }
    })

    itWith('skopeo', 'skopeo copies between repositories, formats and places', async () => {
      await login()
      const image = buildImage({ layers: ['copied', title, 'x'.repeat(100_000)] })
      await pushImage(api(), 'clients/source', image, 'v1')
      await skopeo('copy', url('clients/source:v1'), url('clients/target:v1'))
      expect((await raw('clients/target:v1')).layers).toEqual(image.json.layers)
      await skopeo('copy', '--format', 'v2s2', url('clients/source:v1'), url('clients/target:docker'))
      expect((await raw('clients/target:docker')).mediaType).toBe(DOCKER_MANIFEST)
      await skopeo('copy', '--format', 'v2s1', url('clients/target:docker'), url('clients/target:schema1'))
      expect((await raw('clients/target:schema1')).schemaVersion).toBe(1)

      const layout = join(place().clients.directory, 'layout')
      await skopeo('copy', url('clients/source:v1'), `oci:${layout}:v1`)
      const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'))
      expect(index.manifests[0].digest).toBe(image.digest)
      await skopeo('copy', `oci:${layout}:v1`, url('clients/target:back'))
      expect((await api().get(manifestPath('clients/target', 'back'))).body.equals(image.bytes)).toBe(true)
    })

    itWith('skopeo', 'skopeo copies every platform of an index, byte for byte', async () => {
      await login()
      const index = buildIndex(
        platforms.map((platform) => buildImage({ platform, layers: [platform, title, 'all'] })),
      )
      await pushImage(api(), 'clients/multi', index, 'v1')
      await skopeo('copy', '--all', url('clients/multi:v1'), url('clients/multi-copy:v1'))
      for (const { digest, bytes } of index.manifests) {
        const copied = await api().get(manifestPath('clients/multi-copy', digest))
        expect([copied.status, copied.body.equals(bytes)]).toEqual([200, true])
      }
      const directory = join(place().clients.directory, 'multi')
      await mkdir(directory)
      await skopeo('copy', '--all', url(`clients/multi@${index.digest}`), `dir:${directory}`)
      expect((await readFile(join(directory, 'manifest.json'))).equals(index.bytes)).toBe(true)
    })

    itWith('skopeo', 'skopeo lists and deletes', async () => {
      await login()
      const [one, two] = [buildImage({ layers: ['one', title] }), buildImage({ layers: ['two', title] })]
      await pushImage(api(), 'clients/deleted', one, 'one', 'other')
      await pushImage(api(), 'clients/deleted', two, 'two')
      expect(await tags('clients/deleted')).toEqual(['one', 'other', 'two'])
      // skopeo deletes the manifest that a tag leads to, and so every tag of it.
      await skopeo('delete', url('clients/deleted:one'))
      expect(await tags('clients/deleted')).toEqual(['two'])
      await expect(skopeo('inspect', url('clients/deleted:one'))).rejects.toThrow(/manifest unknown/i)
      await skopeo('delete', url(`clients/deleted@${two.digest}`))
      await expect(skopeo('delete', url('clients/deleted:two'))).rejects.toThrow()
    })

    itWith('skopeo', 'a signature follows its image into another repository', async () => {
      await login()
      const image = buildImage({ layers: ['signed', title] })
      await pushImage(api(), 'clients/signed', image, 'v1')
      // As a referrer …
      const signature = buildArtifact({ artifactType: 'application/vnd.example.signature', subject: image })
      await pushImage(api(), 'clients/signed', signature)
      // … and under a tag made of the digest, as cosign has it.
      const payload = buildBlob(
        Buffer.from('{"critical":{}}'),
        'application/vnd.dev.cosign.simplesigning.v1+json',
      )
      const {
        config,
        layers: _,
        ...rest
      } = buildImage({ layers: ['signature'] }).json as Record<string, object>
      const [configBlob] = buildImage({ layers: ['signature'] }).blobs
      const cosign = buildManifest({
        mediaType: OCI_MANIFEST,
        blobs: [...(configBlob ? [configBlob] : []), payload],
        json: { ...rest, config, layers: [descriptorOf(payload)] },
      })
      const tag = `${image.digest.replace(':', '-')}.sig`
      await pushImage(api(), 'clients/signed', cosign, tag)

      await skopeo('copy', '--all', url('clients/signed:v1'), url('clients/promoted:v1'))
      await skopeo('copy', url(`clients/signed:${tag}`), url(`clients/promoted:${tag}`))
      const listed = await api().get(`/v2/clients/signed/referrers/${image.digest}`)
      const [found] = listed.json<{ manifests: { digest: string }[] }>().manifests
      expect(found?.digest).toBe(signature.digest)
      for (const { digest } of signature.blobs) {
        const mounted = await api().post('/v2/clients/promoted/blobs/uploads/', {
          query: { mount: digest, from: 'clients/signed' },
        })
        expect(mounted.status).toBe(201)
      }
      const copied = await putManifest(api(), 'clients/promoted', signature)
      expect([copied.status, copied.header('oci-subject')]).toEqual([201, image.digest])
      const about = await api().get(`/v2/clients/promoted/referrers/${image.digest}`)
      expect(about.json<{ manifests: { digest: string }[] }>().manifests.map(({ digest }) => digest)).toEqual(
        [signature.digest],
      )
      expect((await api().get(manifestPath('clients/promoted', tag))).body.equals(cosign.bytes)).toBe(true)
    })
  })
}
