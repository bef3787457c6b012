import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { system } from '@/server/auth/permissions'
import { addRule } from '@/server/oci/access/add-rule'
import { describePrograms } from '@/test/clients/registry-programs'
import { buildImage } from '@/test/support/build-image'
import { containerClients } from '@/test/support/container-clients'
import { openTestContext } from '@/test/support/context'
import { curl } from '@/test/support/curl'
import { openTestRegistry } from '@/test/support/registry'
import { blobPath, manifestPath, newBlob, pushImage } from '@/test/support/registry-client'
import { told } from '@/test/support/told'
import { itWith } from '@/test/support/tools'

/* skopeo, podman and buildah, unchanged, at the gateway's own port. */

const ctx = await openTestContext()
const { client, notices, port, secret, url } = await openTestRegistry(ctx)
const host = `127.0.0.1:${port}`
const clients = await containerClients([host])
const stranger = await containerClients([host])

describePrograms('at the gateway', () => ({ host, user: 'anybody', password: secret, clients }))

describe('what everyone may read', () => {
  itWith('podman', 'is pulled without a login, and not pushed', async () => {
    const image = buildImage({ layers: ['open to everyone'] })
    await pushImage(client, 'open/image', image, 'v1')
    await pushImage(client, 'closed/image', image, 'v1')
    await addRule(ctx, system, {
      ...{ cluster: 'default', path: 'open', subject: 'everyone', permissions: ['read'] },
      ...{ effect: 'allow', inherited: true },
    })
    await told(ctx, notices)
    await stranger.podman('pull', '--quiet', `${host}/open/image:v1`)
    await expect(stranger.podman('push', `${host}/open/image:v1`)).rejects.toThrow(/unauthorized|denied/i)
    await expect(stranger.podman('pull', `${host}/closed/image:v1`)).rejects.toThrow(/unauthorized|denied/i)
    expect(JSON.parse(await stranger.skopeo('list-tags', `docker://${host}/open/image`)).Tags).toEqual(['v1'])
  })
})

describe('curl', () => {
  itWith(
    'curl',
    'pushes a large file, waiting for “100 Continue”, and is refused before it sends one',
    async () => {
      const blob = newBlob(5_000_000)
      const file = join(clients.directory, 'large')
      await writeFile(file, blob.bytes)
      const target = `${url}/v2/curl/large/blobs/uploads/?digest=${blob.digest}`
      const sending = ['--data-binary', `@${file}`, '--header', 'Expect: 100-continue']
      const refused = await curl(target, ...sending)
      expect(refused.status).toBe(401)
      const taken = await curl(target, ...sending, '--user', `me:${secret}`)
      expect(taken.headers + taken.body.toString()).toMatch(/^HTTP\/1\.1 100 Continue[\s\S]*HTTP\/1\.1 201/)
      expect((await client.get(blobPath('curl/large', blob.digest))).body.equals(blob.bytes)).toBe(true)
    },
  )

  const image = buildImage({ layers: ['curl'] })
  const manifest = `${url}${manifestPath('curl/image', 'v1')}`

  itWith('curl', 'reads with Basic, with a token, and with ?ns= as containerd does', async () => {
    await pushImage(client, 'curl/image', image, 'v1')
    expect((await curl(manifest)).status).toBe(401)
    expect((await curl(manifest, '--user', `me:${secret}`)).body.equals(image.bytes)).toBe(true)
    const service = `${url}/v2/token?service=${host}&scope=repository:curl/image:pull`
    const { token } = JSON.parse((await curl(service, '--user', `me:${secret}`)).body.toString())
    const bearer = ['--header', `Authorization: Bearer ${token}`]
    expect((await curl(`${manifest}?ns=docker.io`, ...bearer)).body.equals(image.bytes)).toBe(true)
    const layer = image.blobs[1]
    const blob = await curl(`${url}/v2/curl/image/blobs/${layer?.digest}?ns=docker.io`, ...bearer)
    expect(blob.body.equals(layer?.bytes ?? Buffer.alloc(0))).toBe(true)
    // It is a token for reading, of this repository.
    expect((await curl(`${url}/v2/curl/image/blobs/uploads/`, ...bearer, '--request', 'POST')).status).toBe(
      401,
    )
    expect((await curl(`${url}/v2/curl/other/tags/list`, ...bearer)).status).toBe(401)
  })
})
