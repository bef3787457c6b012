import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { identifyToken } from '@/server/auth/identify'
import type { Member, Team } from '@/server/auth/schema'
import type { Problem } from '@/server/http/schema'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
let token: string

const body = <Body>(response: Response) => response.json() as Promise<Body>
const newSlug = () => `team-${randomUUID().slice(0, 8)}`
const created = async (slug = newSlug()) =>
  body<Team>(await call('/teams', { token, json: { slug, name: 'A team' } }))
const actions = async (id: string) =>
  (await ctx.db.auditEntry.findMany({ where: { subjectId: id }, orderBy: { id: 'asc' } })).map(
    ({ action }) => action,
  )

beforeAll(async () => {
  token = await createSecret(ctx, await createActor(ctx, 'administrator'))
})

describe('teams', () => {
  it('are added once, and read by id or slug', async () => {
    const team = await created()
    expect(team).toMatchObject({ name: 'A team', members: 0, activeUses: 0 })
    for (const key of [team.id, team.slug]) {
      expect(await body<Team>(await call(`/teams/${key}`, { token }))).toEqual(team)
    }
    const again = await call('/teams', { token, json: { slug: team.slug, name: 'Other' } })
    expect(again.status).toBe(409)
    expect((await body<Problem>(again)).fields?.[0]?.path).toBe('slug')
  })

  it('are listed by slug, page by page, and searched', async () => {
    const mark = randomUUID().slice(0, 6)
    for (const letter of ['c', 'a', 'b']) await created(`${letter}-${mark}`)
    const first = await body<{ items: Team[]; nextCursor: string }>(
      await call(`/teams?q=${mark}&limit=2`, { token }),
    )
    expect(first.items.map(({ slug }) => slug)).toEqual([`a-${mark}`, `b-${mark}`])
    const rest = await body<{ items: Team[]; nextCursor: null }>(
      await call(`/teams?q=${mark}&limit=2&cursor=${first.nextCursor}`, { token }),
    )
    expect(rest).toMatchObject({ items: [{ slug: `c-${mark}` }], nextCursor: null })
  })

  it('get another name, with If-Match only while nobody else gave one', async () => {
    const team = await created()
    const etag = (await call(`/teams/${team.slug}`, { token })).headers.get('etag') as string
    const rename = (name: string) =>
      call(`/teams/${team.slug}`, { method: 'PATCH', token, json: { name }, headers: { 'if-match': etag } })
    expect(await body<Team>(await rename('Better'))).toMatchObject({ name: 'Better', slug: team.slug })
    expect((await rename('Worse')).status).toBe(412)
    expect(await actions(team.id)).toEqual(['team.create', 'team.change'])
  })

  it('are removed only when they never declared anything', async () => {
    const team = await created()
    const file = await ctx.db.file.create({
      data: { uri: `https://example.org/${team.id}`, declaredUri: 'x', host: 'example.org' },
    })
    const use = await ctx.db.use.create({
      data: {
        fileId: file.id,
        teamId: team.id,
        reason: 'because',
        retiredAt: new Date(),
        retiredReason: 'over',
      },
    })
    const remove = (query = '') => call(`/teams/${team.slug}${query}`, { method: 'DELETE', token })
    const refused = await remove()
    expect(refused.status).toBe(409)
    expect((await body<Problem>(refused)).detail).toMatch(/has 1 use on record/)
    await ctx.db.use.delete({ where: { id: use.id } })
    expect((await remove('?dryRun=true')).status).toBe(200)
    expect((await call(`/teams/${team.slug}`, { token })).status).toBe(200)
    expect(await body<Team>(await remove())).toMatchObject({ id: team.id })
    expect((await call(`/teams/${team.slug}`, { token })).status).toBe(404)
    expect(await actions(team.id)).toEqual(['team.create', 'team.delete'])
  })

  it('that are removed take their tokens with them', async () => {
    const team = await created()
    const owner = await createActor(ctx, 'member', [team])
    const secret = await createSecret(ctx, owner, { teamId: team.id })
    await call(`/teams/${team.slug}`, { method: 'DELETE', token })
    await expect(identifyToken(ctx, `Bearer ${secret}`)).rejects.toThrow(/revoked/)
  })
})

describe('members', () => {
  it('come and go, each on record once', async () => {
    const team = await created()
    const { id: userId } = await createActor(ctx, 'member')
    const add = () => call(`/teams/${team.slug}/members`, { token, json: { userId } })
    expect(await body<Team>(await add())).toMatchObject({ members: 1 })
    expect(await body<Team>(await add())).toMatchObject({ members: 1 })
    const list = await body<{ items: Member[] }>(await call(`/teams/${team.slug}/members`, { token }))
    expect(list.items).toEqual([{ id: userId, name: 'A member', role: 'member' }])
    const remove = () => call(`/teams/${team.slug}/members/${userId}`, { method: 'DELETE', token })
    expect(await body<Team>(await remove())).toMatchObject({ members: 0 })
    expect((await remove()).status).toBe(404)
    expect(await actions(team.id)).toEqual(['team.create', 'team.add-member', 'team.remove-member'])
  })

  it('must exist, and so must the team', async () => {
    const team = await created()
    const add = (slug: string, userId: string) => call(`/teams/${slug}/members`, { token, json: { userId } })
    expect((await add(team.slug, randomUUID())).status).toBe(404)
    expect((await add('nowhere', randomUUID())).status).toBe(404)
  })
})
