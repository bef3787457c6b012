import { describe, expect, it, vi } from 'vitest'
import { type Actor, system } from '@/server/auth/permissions'
import { revokeToken } from '@/server/auth/revoke-token'
import { hashToken } from '@/server/auth/token-secret'
import { addRule } from '@/server/oci/access/add-rule'
import type { NodePermission } from '@/server/oci/access/schema'
import { createSecret, openTestApi } from '@/test/support/api'
import { buildImage } from '@/test/support/build-image'
import { signingIn } from '@/test/support/challenged-client'
import { containerClients } from '@/test/support/container-clients'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'
import { openTestRegistry } from '@/test/support/registry'
import {
  basic,
  manifestPath,
  pushImage,
  putManifest,
  type RegistryClient,
  registryClient,
  uploadsPath,
} from '@/test/support/registry-client'
import { told } from '@/test/support/told'
import { itWith } from '@/test/support/tools'

/* Origin 001, “ytauth”, case by case and end to end: the image a/b is the node //a/b; pull needs read there, push needs
   write at the nearest node that exists, delete needs remove. */

const ctx = await openTestContext()
const registry = await openTestRegistry(ctx)
const host = `127.0.0.1:${registry.port}`
const image = buildImage({ layers: ['guarded'] })

const team = await createTeam(ctx)
const scopes = ['read', 'push'] as const
const person = async (actor: Actor) => {
  const secret = await createSecret(ctx, actor, { scopes })
  return { actor, secret, client: registryClient(registry.url, basic('anything', secret)) }
}
const anna = await person(await createActor(ctx, 'member', [team]))
const bert = await person(await createActor(ctx, 'member'))
const viewer = await person(await createActor(ctx, 'viewer', [team]))
const nobody = registryClient(registry.url)

/** Adds a rule for the team, and waits until the registry was told. */
async function allow(path: string, permissions: NodePermission[], part: object = {}): Promise<void> {
  const rule = { subject: 'team', team: team.slug, effect: 'allow', inherited: true, permissions, ...part }
  await addRule(ctx, system, { cluster: 'default', path, ...rule } as Parameters<typeof addRule>[2])
  await told(ctx, registry.notices)
}

/** Pushes an image as somebody who may do everything, and waits until the registry was told that its node is there. */
async function make(name: string, pushed = image, tag = 'v1'): Promise<void> {
  await pushImage(registry.client, name, pushed, tag)
  await told(ctx, registry.notices)
}

const pull = async (client: RegistryClient, name: string) =>
  (await client.get(manifestPath(name, 'v1'))).status
const push = async (client: RegistryClient, name: string) =>
  (await client.post(uploadsPath(name), { headers: { 'content-length': '0' } })).status
const remove = async (client: RegistryClient, name: string) =>
  (await client.delete(manifestPath(name, 'v1'))).status

describe('pull', () => {
  it('needs read at the node', async () => {
    await make('pull/private')
    await allow('pull', ['read'], { subject: 'signed_in', team: undefined, effect: 'deny' })
    await make('other/private')
    expect([await pull(anna.client, 'pull/private'), await pull(anna.client, 'other/private')]).toEqual([
      403, 200,
    ])
  })

  it('of what does not exist is not refused to who has a name: a push begins with it', async () => {
    expect([await pull(anna.client, 'absent/image'), await pull(nobody, 'absent/image')]).toEqual([404, 401])
  })

  it('without a name needs a rule for everyone', async () => {
    await make('open/image')
    expect(await pull(nobody, 'open/image')).toBe(401)
    await allow('open', ['read'], { subject: 'everyone', team: undefined })
    expect(await pull(nobody, 'open/image')).toBe(200)
    expect(await push(nobody, 'open/image')).toBe(401)
  })
})

describe('push', () => {
  it('needs write at the nearest node that exists', async () => {
    await allow('home/anna', ['write'])
    expect([
      await push(anna.client, 'home/anna/deep/er/image'),
      await push(bert.client, 'home/anna/deep/er/image'),
    ]).toEqual([202, 403])
    expect(await push(anna.client, 'home/bert/image')).toBe(403)
  })

  it('does not climb over a node that exists', async () => {
    await allow('climb', ['write'], { inherited: false })
    expect(await push(anna.client, 'climb/new')).toBe(202)
    // The upload made the repository, and so the node: nothing allows writing there.
    await make('climb/closed')
    expect(await push(anna.client, 'climb/closed')).toBe(403)
    expect(await push(anna.client, 'climb/closed/below')).toBe(403)
  })

  it('is refused where a nearer node denies it', async () => {
    await allow('sys', ['write'])
    await allow('sys/admin', ['write'], { effect: 'deny' })
    expect([
      await push(anna.client, 'sys/tools'),
      await push(anna.client, 'sys/admin/images/ubuntu'),
    ]).toEqual([202, 403])
  })

  it('needs more than the role of a viewer', async () => {
    await allow('viewers', ['write'])
    expect(await push(viewer.client, 'viewers/image')).toBe(403)
  })

  it('is explained: which rule decided', async () => {
    const answer = await anna.client.post(uploadsPath('sys/admin/images/ubuntu'))
    expect(answer.codes).toEqual(['DENIED'])
    expect(answer.json<{ errors: { message: string }[] }>().errors[0]?.message).toContain(
      '//sys/admin denies write',
    )
  })
})

describe('check_permission', () => {
  it('answers what the registry decides', async () => {
    const { call } = openTestApi(ctx)
    const ask = async (path: string, permission: string) => {
      const json = { path, permission }
      const answer = await call('/registry/default/check-permission', { token: anna.secret, json })
      return [answer.status, await answer.json()]
    }
    expect(await ask('sys/tools', 'write')).toMatchObject([200, { allowed: true }])
    const denied = { allowed: false, reason: expect.stringContaining('//sys/admin denies write') }
    expect(await ask('sys/admin/images/ubuntu', 'write')).toMatchObject([200, denied])
  })
})

describe('delete', () => {
  it('needs remove at the node; write is not enough', async () => {
    await allow('deleting', ['write'])
    await make('deleting/image')
    expect(await remove(anna.client, 'deleting/image')).toBe(403)
    await allow('deleting', ['remove'])
    expect(await remove(anna.client, 'deleting/image')).toBe(202)
  })

  it('of what does not exist is not refused', async () => {
    expect([await remove(anna.client, 'absent/image'), await remove(nobody, 'absent/image')]).toEqual([
      404, 401,
    ])
  })
})

describe('a mount', () => {
  it('of a blob that one may not read begins an upload, and tells nothing', async () => {
    await make('secret/image')
    await allow('secret', ['read'], { effect: 'deny' })
    await allow('mounting', ['write'])
    const own = buildImage({ layers: ['only in secret'] })
    await make('secret/image', own, 'v2')
    const digest = own.blobs[1]?.digest ?? ''
    for (const from of ['secret/image', 'not/there', undefined]) {
      const answer = await anna.client.post(uploadsPath('mounting/image'), {
        query: { mount: digest, ...(from && { from }) },
      })
      expect([from, answer.status, answer.header('docker-content-digest')]).toEqual([from, 202, ''])
    }
    const before = await putManifest(anna.client, 'mounting/image', own)
    expect(before.codes).toEqual(['MANIFEST_BLOB_UNKNOWN'])
    const mounted = await registry.client.post(uploadsPath('mounting/image'), {
      query: { mount: digest, from: 'secret/image' },
    })
    expect(mounted.status).toBe(201)
  })
})

describe('tokens', () => {
  it('of the token service hold for what they were asked for, and change with the rules', async () => {
    await allow('tokens', ['read', 'write'])
    const client = signingIn(registry.url, { user: 'anna', password: anna.secret })
    await pushImage(client, 'tokens/image', image, 'v1')
    expect(await pull(client, 'tokens/image')).toBe(200)
    await allow('tokens', ['read'], { effect: 'deny' })
    expect(await pull(client, 'tokens/image')).toBe(403)
  })

  it('that were revoked open nothing', async () => {
    const temporary = await person(anna.actor)
    await allow('revoked', ['read', 'write'])
    await pushImage(temporary.client, 'revoked/image', image, 'v1')
    expect(await pull(temporary.client, 'revoked/image')).toBe(200)
    const { id } = await ctx.db.apiToken.findFirstOrThrow({ where: { hash: hashToken(temporary.secret) } })
    await revokeToken(ctx, anna.actor, { id })
    await vi.waitFor(async () => expect(await pull(temporary.client, 'revoked/image')).toBe(401))
  })
})

describe('the catalog', () => {
  it('shows what one may read', async () => {
    await make('catalog/shown')
    await make('catalog/hidden')
    await allow('catalog/hidden', ['read'], { subject: 'signed_in', team: undefined, effect: 'deny' })
    const { repositories } = (await anna.client.get('/v2/_catalog')).json<{ repositories: string[] }>()
    expect(repositories).toContain('catalog/shown')
    expect(repositories).not.toContain('catalog/hidden')
    expect(repositories).toEqual([...repositories].sort())
  })
})

describe('skopeo', () => {
  itWith('skopeo', 'is let in and refused by the same rules', async () => {
    await allow('skopeo/mine', ['write', 'remove'])
    const clients = await containerClients([host])
    await clients.skopeo('login', '-u', 'anna', '-p', anna.secret, host)
    await make('skopeo/source')
    const url = (name: string) => `docker://${host}/${name}:v1`
    await clients.skopeo('copy', url('skopeo/source'), url('skopeo/mine/copy'))
    await expect(clients.skopeo('copy', url('skopeo/source'), url('skopeo/theirs'))).rejects.toThrow(
      /denied/i,
    )
    await expect(clients.skopeo('delete', url('skopeo/source'))).rejects.toThrow(/denied/i)
    await clients.skopeo('delete', url('skopeo/mine/copy'))
  })
})
