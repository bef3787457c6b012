import { decodeJwt } from 'jose'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { hashPassword } from '@/server/auth/passwords'
import type { Context } from '@/server/context'
import { NodeAccess } from '@/server/oci/access/decide-node'
import { CallerIdentifier } from '@/server/oci/access/identify-caller'
import { REGISTRY_TOKEN_SECONDS, readRegistryToken } from '@/server/oci/access/registry-token'
import { answerToken } from '@/server/oci/access/token-service'
import { createSecret } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'
import { basic, createPipelineIdentity, openPipeline, silentNotices } from '@/test/support/registry-access'

const ctx = await openTestContext({ ENTREPOT_CLUSTERS: 'hume' })
const opened: { close(): void }[] = []
const openParts = (context: Context = ctx) => {
  const parts = {
    ctx: context,
    identifier: new CallerIdentifier(context, silentNotices),
    access: new NodeAccess(context, silentNotices),
  }
  opened.push(parts.identifier, parts.access)
  return parts
}
afterAll(() => {
  for (const each of opened) each.close()
})
const parts = openParts()

const team = await createTeam(ctx)
const member = await createActor(ctx, 'member', [team])
const secret = await createSecret(ctx, member, { scopes: ['read', 'push'] })
await ctx.db.repository.create({ data: { cluster: 'default', name: 'open/image' } })
await ctx.db.repository.create({ data: { cluster: 'default', name: 'team/image' } })
await ctx.db.node.create({
  data: {
    cluster: 'default',
    path: 'open',
    rules: { create: { subject: 'everyone', permissions: ['read'], effect: 'allow' } },
  },
})
await ctx.db.node.create({
  data: {
    cluster: 'default',
    path: 'team',
    rules: { create: { subject: 'team', teamId: team.id, permissions: ['write'], effect: 'allow' } },
  },
})

interface Ask {
  scopes?: string[]
  query?: Record<string, string>
  authorization?: string
  host?: string
  peer?: string
}

async function get({
  scopes = [],
  query = {},
  authorization,
  host = 'registry.example.org',
  peer = '192.0.2.1',
}: Ask) {
  const url = new URL(`http://${host}/v2/token`)
  for (const [name, value] of Object.entries({ service: host, ...query })) url.searchParams.set(name, value)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  const headers = { host, ...(authorization !== undefined && { authorization }) }
  return answerToken(parts, new Request(url, { headers }), peer)
}
async function post(form: Record<string, string>, type = 'application/x-www-form-urlencoded') {
  const request = new Request('http://registry.example.org/v2/token', {
    method: 'POST',
    headers: { 'content-type': type },
    body: new URLSearchParams(form).toString(),
  })
  return answerToken(parts, request, '192.0.2.1')
}
async function contents(response: Response, cluster = 'default') {
  expect(response.status).toBe(200)
  const { token } = (await response.json()) as { token: string }
  return readRegistryToken(ctx, cluster, token)
}
const pull = 'repository:open/image:pull'

describe('the token service, asked with GET', () => {
  it('gives nobody in particular a token for what is open to everyone', async () => {
    const response = await get({ scopes: [pull, 'repository:team/image:pull,push'] })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await contents(response)).toMatchObject({
      bearer: { kind: 'anonymous' },
      access: [{ type: 'repository', name: 'open/image', actions: ['pull'] }],
    })
  })

  it('answers in the form of the specification', async () => {
    const body = (await (await get({ scopes: [pull] })).json()) as Record<string, string>
    expect(body).toEqual({
      token: expect.any(String),
      access_token: body.token,
      expires_in: REGISTRY_TOKEN_SECONDS,
      issued_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.000Z$/),
      scope: pull,
    })
    expect(decodeJwt(String(body.token))).toMatchObject({
      sub: 'anonymous',
      aud: 'entrepot/registry/default',
    })
  })

  it('grants of what was asked what is allowed now', async () => {
    const scopes = ['repository:team/image:pull,push,delete', 'repository:open/image:pull,push']
    expect(await contents(await get({ scopes, authorization: basic('any', secret) }))).toMatchObject({
      bearer: { kind: 'token' },
      access: [
        { name: 'team/image', actions: ['pull', 'push'] },
        { name: 'open/image', actions: ['pull'] },
      ],
    })
    const all = await get({ scopes: ['repository:team/image:*'], authorization: basic('any', secret) })
    expect(await contents(all)).toMatchObject({ access: [{ name: 'team/image', actions: ['pull', 'push'] }] })
  })

  it('knows people by their password and pipelines by their token', async () => {
    const person = await createActor(ctx, 'member')
    const { email } = await ctx.db.user.update({
      where: { id: String(person.id) },
      data: { passwordHash: await hashPassword('correct horse battery'), sessionVersion: 7 },
    })
    expect(await contents(await get({ authorization: basic(email, 'correct horse battery') }))).toMatchObject(
      {
        bearer: { kind: 'user', id: person.id, version: 7 },
        access: [],
      },
    )
    const pipeline = await openPipeline()
    const { id } = await createPipelineIdentity(ctx, pipeline, { teamId: team.id })
    const scopes = ['repository:team/image:pull,push']
    const response = await get({ scopes, authorization: basic('oidc', await pipeline.token()) })
    expect(await contents(response)).toMatchObject({
      bearer: { kind: 'workload', id },
      access: [{ name: 'team/image', actions: ['pull', 'push'] }],
    })
  })

  it('issues for the cluster of the host', async () => {
    const response = await get({ host: 'registry.hume.example.org', authorization: basic('any', secret) })
    expect(await contents(response, 'hume')).toMatchObject({ bearer: { kind: 'token' } })
    expect((await get({ host: 'registry.unknown.yt.example.org' })).status).toBe(404)
  })

  it('gives an API token back to clients that want something to come back with, and no password', async () => {
    const query = { offline_token: 'true', account: 'any', client_id: 'docker' }
    expect(await (await get({ query, authorization: basic('any', secret) })).json()).toMatchObject({
      refresh_token: secret,
    })
    expect(await (await get({ query })).json()).not.toHaveProperty('refresh_token')
  })
})

describe('the token service, asked with a form', () => {
  it('takes login and password', async () => {
    const scope = 'repository:team/image:pull repository:open/image:pull'
    const response = await post({
      grant_type: 'password',
      username: 'any',
      password: secret,
      scope,
      service: 'x',
    })
    expect(await contents(response)).toMatchObject({
      bearer: { kind: 'token' },
      access: [
        { name: 'team/image', actions: ['pull'] },
        { name: 'open/image', actions: ['pull'] },
      ],
    })
  })

  it('takes an API token to come back with', async () => {
    const response = await post({
      grant_type: 'refresh_token',
      refresh_token: secret,
      scope: pull,
      client_id: 'docker',
    })
    expect(await response.clone().json()).toMatchObject({ refresh_token: secret })
    expect(await contents(response)).toMatchObject({ bearer: { kind: 'token' } })
  })

  it.each([
    [400, { grant_type: 'client_credentials' }],
    [400, {}],
    [401, { grant_type: 'password', username: 'a', password: 'b' }],
    [401, { grant_type: 'password' }],
    [401, { grant_type: 'refresh_token' }],
    [413, { grant_type: 'password', password: 'a'.repeat(40_000) }],
  ])('answers %i to %j', async (status, form) => {
    expect((await post(form as Record<string, string>)).status).toBe(status)
  })

  it('takes no other type', async () => {
    expect((await post({ grant_type: 'password' }, 'application/json')).status).toBe(400)
  })
})

describe('who is refused', () => {
  it('learns so in the words of the protocol', async () => {
    const response = await get({ authorization: basic('any', `ent_${'x'.repeat(43)}`), scopes: [pull] })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      'Basic realm="registry.example.org", charset="UTF-8"',
    )
    expect(await response.json()).toEqual({
      errors: [{ code: 'UNAUTHORIZED', message: 'This token is not known.', detail: {} }],
    })
  })

  it('cannot make one registry token of another', async () => {
    const { token } = (await (await get({ scopes: [pull] })).json()) as { token: string }
    expect((await get({ authorization: `Bearer ${token}` })).status).toBe(401)
  })

  it('has asked for too much, or with another method', async () => {
    const many = Array.from({ length: 51 }, (_, at) => `repository:a${at}:pull`)
    expect((await get({ scopes: many })).status).toBe(400)
    const url = 'http://registry.example.org/v2/token'
    const response = await answerToken(parts, new Request(url, { method: 'DELETE' }), '192.0.2.1')
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, POST')
  })

  it('is an account that is locked, for as long', async () => {
    const person = await createActor(ctx, 'member')
    const { email } = await ctx.db.user.update({
      where: { id: String(person.id) },
      data: { passwordHash: await hashPassword('correct horse battery') },
    })
    for (let failure = 0; failure < 5; failure += 1) {
      expect((await get({ authorization: basic(email, `wrong ${failure}`) })).status).toBe(401)
    }
    const response = await get({ authorization: basic(email, 'correct horse battery') })
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({ errors: [{ code: 'TOOMANYREQUESTS' }] })
  })

  it('is an address from which too much failed, and no other', async () => {
    const authorization = basic('any', `ent_${'y'.repeat(43)}`)
    const peer = '198.51.100.7'
    for (let failure = 0; failure < 300; failure += 1) await get({ authorization, peer })
    expect((await get({ authorization, peer })).status).toBe(429)
    expect((await get({ authorization: basic('any', secret), peer })).status).toBe(429)
    expect((await get({ authorization: basic('any', secret), peer: '198.51.100.8' })).status).toBe(200)
    expect((await get({ scopes: [pull], peer })).status, 'nobody in particular').toBe(200)
  })

  it('is whoever asks a cluster with users of its own', async () => {
    const yt = { ...ctx.clusters.named('default'), users: { identify: vi.fn(), decide: vi.fn() } }
    const there = openParts({ ...ctx, clusters: { ...ctx.clusters, ofHost: () => yt } })
    const response = await answerToken(
      there,
      new Request('http://registry.yt.example.org/v2/token'),
      '192.0.2.1',
    )
    expect(response.status).toBe(400)
  })

  it('is told nothing of what went wrong inside', async () => {
    const broken = openParts({
      ...ctx,
      clusters: {
        ...ctx.clusters,
        ofHost: () => {
          throw new Error('secret detail')
        },
      },
    })
    const response = await answerToken(
      broken,
      new Request('http://registry.example.org/v2/token'),
      '192.0.2.1',
    )
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret detail')
  })
})
