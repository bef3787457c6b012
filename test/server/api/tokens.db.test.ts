import { beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '@/server/auth/permissions'
import type { Me, NewToken, Token } from '@/server/auth/schema'
import type { Problem } from '@/server/http/schema'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)

let owner: Actor
let mine: { id: string; slug: string; name: string }
let token: string

const body = <Body>(response: Response) => response.json() as Promise<Body>
const make = (fields: Record<string, unknown> = {}, as = token, query = '') =>
  call(`/tokens${query}`, { token: as, json: { name: 'ci', scopes: ['read'], ...fields } })
const refusal = async (response: Response) => {
  expect(response.status).toBe(403)
  return (await body<Problem>(response)).detail
}

beforeEach(async () => {
  mine = await createTeam(ctx)
  owner = await createActor(ctx, 'member', [mine])
  token = await createSecret(ctx, owner, { scopes: ['read', 'declare', 'manage'] })
})

describe('a new token', () => {
  it('is shown once, works, and is stored only as a hash', async () => {
    const response = await make({ scopes: ['read', 'declare'], team: mine.slug, expiresInDays: 7 })
    expect(response.status).toBe(201)
    const made = await body<NewToken>(response)
    expect(made.secret).toMatch(/^ent_[\w-]{43}$/)
    expect(made).toMatchObject({
      owner: { id: owner.id },
      team: { slug: mine.slug },
      scopes: ['read', 'declare'],
    })
    const days = (Date.parse(made.expiresAt as string) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(6.99)
    expect(days).toBeLessThan(7.01)

    const me = await body<Me>(await call('/me', { token: made.secret }))
    expect(me).toMatchObject({
      kind: 'token',
      id: made.id,
      teams: [{ slug: mine.slug }],
      scopes: ['read', 'declare'],
    })
    expect(me.actions).toContain('file.declare')
    expect(me.actions).not.toContain('token.create')

    const list = await call('/tokens', { token })
    expect(await list.text()).not.toContain(made.secret)
    const dump = JSON.stringify([
      await ctx.db.apiToken.findMany({ omit: { hash: false } }),
      await ctx.db.auditEntry.findMany(),
    ])
    expect(dump).not.toContain(made.secret)
  })

  it('has no more rights than the person', async () => {
    const all = await createSecret(ctx, owner)
    expect(await refusal(await make({ scopes: ['read', 'administer'] }, all))).toMatch(/scope “administer”/)
    const other = await createTeam(ctx)
    expect(await refusal(await make({ team: other.slug }))).toMatch(/do not belong/)
    const viewer = await createSecret(ctx, await createActor(ctx, 'viewer'))
    expect(await refusal(await make({ scopes: ['declare'] }, viewer))).toMatch(/scope “declare”/)
    expect((await make({ team: 'nowhere' })).status).toBe(400)
    expect((await make({ scopes: [] })).status).toBe(400)
  })

  it('has no more rights, nor a longer life, than the token that makes it', async () => {
    expect(await refusal(await make({ scopes: ['proxy'] }))).toMatch(/you may give read, declare, manage/)
    const expiresAt = new Date(Date.now() + 3_600_000)
    const bound = await createSecret(ctx, owner, { scopes: ['read', 'manage'], teamId: mine.id, expiresAt })
    expect(await refusal(await make({}, bound))).toMatch(/acts for the team/)
    const child = await body<NewToken>(await make({ team: mine.slug, expiresInDays: null }, bound))
    expect(child.expiresAt).toBe(expiresAt.toISOString())
  })

  it('of one team cannot administer', async () => {
    const administrator = await createSecret(ctx, await createActor(ctx, 'administrator'))
    expect(await refusal(await make({ scopes: ['administer'], team: mine.slug }, administrator))).toMatch(
      /one team/,
    )
    expect((await make({ scopes: ['read'], team: mine.slug }, administrator)).status).toBe(201)
  })

  it('as a dry run is not made, and shows no secret', async () => {
    const made = await body<NewToken>(await make({}, token, '?dryRun=true'))
    expect(made.secret).toBe('ent_')
    expect(await ctx.db.apiToken.findUnique({ where: { id: made.id } })).toBeNull()
  })
})

describe('revoking', () => {
  it('ends a token at its next use, once, on record', async () => {
    const made = await body<NewToken>(await make())
    const revoke = (as: string) => call(`/tokens/${made.id}`, { method: 'DELETE', token: as })
    const stranger = await createSecret(ctx, await createActor(ctx, 'maintainer'))
    expect((await revoke(stranger)).status).toBe(403)
    expect((await call('/me', { token: made.secret })).status).toBe(200)
    const first = await body<Token>(await revoke(token))
    expect(first.revokedAt).not.toBeNull()
    expect((await call('/me', { token: made.secret })).status).toBe(401)
    expect(await body<Token>(await revoke(token))).toEqual(first)
    const entries = await ctx.db.auditEntry.findMany({
      where: { subjectId: made.id, action: 'token.revoke' },
    })
    expect(entries).toHaveLength(1)
  })
})

describe('the list', () => {
  it('shows one’s own, and everyone’s to administrators alone', async () => {
    await make()
    const own = await body<{ items: Token[] }>(await call('/tokens', { token }))
    expect(own.items).toHaveLength(2)
    expect(own.items.every((one) => one.owner.id === owner.id)).toBe(true)
    expect((await call('/tokens?all=true', { token })).status).toBe(403)
    const administrator = await createSecret(ctx, await createActor(ctx, 'administrator'))
    const all = await body<{ items: Token[] }>(
      await call('/tokens?all=true&limit=500', { token: administrator }),
    )
    expect(new Set(all.items.map((one) => one.owner.id)).size).toBeGreaterThan(1)
  })
})
