import { beforeEach, describe, expect, it } from 'vitest'
import { identifyByToken, identifyToken } from '@/server/auth/identify'
import type { Actor } from '@/server/auth/permissions'
import { newTokenSecret } from '@/server/auth/token-secret'
import { createSecret } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const identify = (secret: string) => identifyToken(ctx, `Bearer ${secret}`)
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'unauthenticated', message: expect.stringMatching(message) })
const at = (iso: string) => ({ ...ctx, now: () => new Date(iso) })

let owner: Actor
let teams: { id: string; slug: string; name: string }[]

beforeEach(async () => {
  teams = [await createTeam(ctx), await createTeam(ctx)]
  owner = await createActor(ctx, 'member', teams)
})

describe('a token', () => {
  it('speaks for its owner, with its scopes only', async () => {
    const actor = await identify(await createSecret(ctx, owner, { scopes: ['read', 'proxy'] }))
    expect(actor).toMatchObject({
      kind: 'token',
      userId: owner.id,
      name: `${owner.name} (token test)`,
      role: 'member',
      scopes: ['read', 'proxy'],
    })
    expect(actor.teams.map(({ slug }) => slug).sort()).toEqual(teams.map(({ slug }) => slug).sort())
    expect(actor.onlyTeam).toBeUndefined()
  })

  it('is taken as the password of Basic, whatever the login', async () => {
    const secret = await createSecret(ctx, owner)
    const header = `Basic ${Buffer.from(`whoever:${secret}`).toString('base64')}`
    expect((await identifyToken(ctx, header)).userId).toBe(owner.id)
  })

  it('of one team acts for that team alone, and for none once its owner has left', async () => {
    const [team] = teams
    const secret = await createSecret(ctx, owner, { teamId: team?.id as string })
    expect(await identify(secret)).toMatchObject({ teams: [{ id: team?.id }], onlyTeam: team?.slug })
    await ctx.db.membership.deleteMany({ where: { userId: owner.id as string, teamId: team?.id as string } })
    expect(await identify(secret)).toMatchObject({ teams: [], onlyTeam: team?.slug })
  })

  it('of an administrator may be bound to a team they are not in', async () => {
    const administrator = await createActor(ctx, 'administrator')
    const secret = await createSecret(ctx, administrator, { teamId: teams[0]?.id as string })
    expect(await identify(secret)).toMatchObject({ teams: [{ id: teams[0]?.id }], onlyTeam: teams[0]?.slug })
  })

  it('follows the role of its owner', async () => {
    const secret = await createSecret(ctx, owner)
    await ctx.db.user.update({ where: { id: owner.id as string }, data: { role: 'viewer' } })
    expect((await identify(secret)).role).toBe('viewer')
  })
})

describe('is refused', () => {
  it.each([
    ['', /Send an API token/],
    ['Digest x', /Send an API token/],
    ['Bearer something', /Tokens start with/],
    [`Bearer ${newTokenSecret()}`, /not known/],
    ['Bearer ent_%00%00%00%00%00%00%00%00%00%00', /Tokens start with/],
  ])('“%s”', async (header, message) => {
    await expect(identifyToken(ctx, header)).rejects.toEqual(refused(message))
  })

  it('a token that is revoked, has expired, or whose owner is disabled', async () => {
    const revoked = await createSecret(ctx, owner)
    await ctx.db.apiToken.updateMany({
      data: { revokedAt: new Date() },
      where: { userId: owner.id as string },
    })
    await expect(identify(revoked)).rejects.toEqual(refused(/revoked/))

    const short = await createSecret(ctx, owner, { expiresAt: new Date('2030-01-01T00:00:00Z') })
    await expect(identifyToken(at('2029-12-31T23:59:59Z'), `Bearer ${short}`)).resolves.toBeDefined()
    await expect(identifyToken(at('2030-01-01T00:00:00Z'), `Bearer ${short}`)).rejects.toEqual(
      refused(/expired/),
    )

    const fine = await createSecret(ctx, owner)
    await ctx.db.user.update({ where: { id: owner.id as string }, data: { disabledAt: new Date() } })
    await expect(identify(fine)).rejects.toEqual(refused(/disabled/))
  })
})

describe('the last use', () => {
  it('is written at most once a minute', async () => {
    const secret = await createSecret(ctx, owner)
    const lastUse = async () =>
      (await ctx.db.apiToken.findFirst({ where: { userId: owner.id as string } }))?.lastUsedAt
    const use = (iso: string) => identifyToken(at(iso), `Bearer ${secret}`)
    await use('2027-01-01T10:00:00Z')
    await use('2027-01-01T10:00:59Z')
    expect(await lastUse()).toEqual(new Date('2027-01-01T10:00:00Z'))
    await use('2027-01-01T10:01:00Z')
    expect(await lastUse()).toEqual(new Date('2027-01-01T10:01:00Z'))
  })
})

describe('a request', () => {
  it('without the header is nobody’s in particular', async () => {
    expect((await identifyByToken(ctx, new Request('http://localhost/'))).kind).toBe('anonymous')
  })
})
