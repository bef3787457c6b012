import { afterAll, describe, expect, it, vi } from 'vitest'
import { listen, notify } from '@/server/events'
import { NO_TEAM } from '@/server/mirror/download-counter'
import { ProxyCredentials } from '@/server/proxy/proxy-credentials'
import { createSecret } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const notices = await listen(ctx.pool, ctx.log)
const opened: ProxyCredentials[] = []
const open = (mode: 'off' | 'optional' | 'required') => {
  const credentials = new ProxyCredentials(
    { ...ctx, env: { ...ctx.env, ENTREPOT_PROXY_AUTH: mode } },
    notices,
  )
  opened.push(credentials)
  return credentials
}
afterAll(async () => {
  for (const credentials of opened) credentials.close()
  await notices.close()
})

const team = await createTeam(ctx)
const member = await createActor(ctx, 'member', [team])
const secret = await createSecret(ctx, member, { scopes: ['proxy'], teamId: team.id })
const bearer = `Bearer ${secret}`
const challenge = { refusal: { status: 407, headers: expect.arrayContaining(['Proxy-Authenticate']) } }

describe('a client without credentials', () => {
  it('is nobody, unless the proxy requires somebody', async () => {
    expect(await open('off').identify(undefined)).toEqual({ team: NO_TEAM })
    expect(await open('optional').identify(undefined)).toEqual({ team: NO_TEAM })
    expect(await open('required').identify(undefined)).toMatchObject(challenge)
  })
})

describe('a client with credentials', () => {
  it.each([
    ['as Bearer', bearer],
    ['as the password of Basic', `Basic ${Buffer.from(`anyone:${secret}`).toString('base64')}`],
  ])('speaks for the team of its token, given %s', async (_title, field) => {
    expect(await open('optional').identify(field)).toEqual({ team: team.id })
    expect(await open('required').identify(field)).toEqual({ team: team.id })
  })

  it('is nobody somewhere where nobody asks', async () => {
    expect(await open('off').identify('Bearer nonsense')).toEqual({ team: NO_TEAM })
  })

  it('speaks for no team when its owner has several', async () => {
    const both = await createActor(ctx, 'member', [team, await createTeam(ctx)])
    const token = await createSecret(ctx, both, { scopes: ['proxy'] })
    expect(await open('optional').identify(`Bearer ${token}`)).toEqual({ team: NO_TEAM })
  })

  it.each(['Bearer ent_wrong', 'Basic !!!', 'Digest a="b"', ''])('is challenged for %j', async (field) => {
    expect(await open('optional').identify(field)).toMatchObject(challenge)
  })

  it('is refused without the scope', async () => {
    const token = await createSecret(ctx, member, { scopes: ['read'] })
    expect(await open('optional').identify(`Bearer ${token}`)).toMatchObject({ refusal: { status: 403 } })
  })
})

describe('what is remembered', () => {
  it('costs no second look-up, and ends when tokens change', async () => {
    const credentials = open('required')
    const first = await credentials.identify(bearer)
    expect(credentials.identify(bearer)).toBe(first)
    await ctx.db.apiToken.updateMany({ where: { teamId: team.id }, data: { revokedAt: ctx.now() } })
    await notify(ctx.db, { topic: 'token' })
    await vi.waitFor(async () => expect(await credentials.identify(bearer)).toMatchObject(challenge))
  })

  it('is asked once by many at the same time', async () => {
    const look = vi.spyOn(ctx.db.apiToken, 'findUnique')
    const credentials = open('optional')
    await Promise.all(Array.from({ length: 10 }, () => credentials.identify(`Bearer ent_${'a'.repeat(43)}`)))
    expect(look.mock.calls.length).toBeLessThanOrEqual(1)
    look.mockRestore()
  })
})
