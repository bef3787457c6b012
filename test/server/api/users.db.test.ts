import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { User } from '@/server/auth/schema'
import { signInWithPassword } from '@/server/auth/sign-in'
import type { Problem } from '@/server/http/schema'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
let token: string
let administratorId: string

const body = <Body>(response: Response) => response.json() as Promise<Body>
const create = async (fields: Record<string, unknown> = {}) => {
  const json = { email: `${randomUUID()}@example.org`, name: 'Ada', role: 'member', ...fields }
  return call('/users', { token, json })
}
const created = async (fields?: Record<string, unknown>) => body<User>(await create(fields))
const change = (id: string, json: unknown, headers: Record<string, string> = {}) =>
  call(`/users/${id}`, { method: 'PATCH', token, json, headers })
const audit = (id: string) => ctx.db.auditEntry.findMany({ where: { subjectId: id }, orderBy: { id: 'asc' } })

beforeAll(async () => {
  const administrator = await createActor(ctx, 'administrator')
  administratorId = administrator.id as string
  token = await createSecret(ctx, administrator)
})

describe('adding people', () => {
  it('makes someone who can sign in, and records it without the password', async () => {
    const team = await createTeam(ctx)
    const email = `${randomUUID()}@Example.org`
    const response = await create({ email, password: 'correct horse', teams: [team.slug] })
    expect(response.status).toBe(201)
    const user = await body<User>(response)
    expect(user).toMatchObject({
      email: email.toLowerCase(),
      role: 'member',
      teams: [{ slug: team.slug }],
      signIn: ['password'],
      disabledAt: null,
    })
    const attempt = { email, password: 'correct horse', address: '192.0.2.1' }
    expect((await signInWithPassword(ctx, attempt)).id).toBe(user.id)
    const [entry] = await audit(user.id)
    expect(entry).toMatchObject({ action: 'user.create', details: { role: 'member', teams: [team.slug] } })
    expect(JSON.stringify(await audit(user.id))).not.toContain('correct horse')
  })

  it('tells which field is wrong', async () => {
    const bad = await body<Problem>(await create({ email: 'nobody', name: ' ', password: 'short' }))
    expect(bad.fields?.map(({ path }) => path).sort()).toEqual(['email', 'name', 'password'])
    const unknown = await body<Problem>(await create({ teams: ['nowhere'] }))
    expect(unknown.fields).toEqual([{ path: 'teams.0', message: 'There is no team “nowhere”.' }])
    const { email } = await created()
    const taken = await create({ email })
    expect(taken.status).toBe(409)
    expect((await body<Problem>(taken)).fields?.[0]?.path).toBe('email')
  })

  it('as a dry run answers the same and changes nothing', async () => {
    const email = `${randomUUID()}@example.org`
    const json = { email, name: 'Ada', role: 'viewer' }
    const response = await call('/users?dryRun=true', { token, json })
    expect(response.status).toBe(201)
    const user = await body<User>(response)
    expect(user.email).toBe(email)
    expect(await ctx.db.user.findUnique({ where: { email } })).toBeNull()
    expect(await audit(user.id)).toEqual([])
  })
})

describe('changing people', () => {
  it('changes what is given, and records from what to what', async () => {
    const team = await createTeam(ctx)
    const user = await created()
    const changed = await body<User>(await change(user.id, { role: 'maintainer', teams: [team.slug] }))
    expect(changed).toMatchObject({ name: 'Ada', role: 'maintainer', teams: [{ slug: team.slug }] })
    expect((await audit(user.id)).at(-1)).toMatchObject({
      action: 'user.change',
      details: { role: { from: 'member', to: 'maintainer' }, teams: { from: [], to: [team.slug] } },
    })
  })

  it('raises the session version for role, password and disabling, and for nothing else', async () => {
    const user = await created()
    const version = async () =>
      (await ctx.db.user.findUniqueOrThrow({ where: { id: user.id } })).sessionVersion
    await change(user.id, { name: 'Ada L.' })
    await change(user.id, { role: 'member', disabled: false })
    expect(await version()).toBe(1)
    await change(user.id, { role: 'viewer' })
    expect(await version()).toBe(2)
    await change(user.id, { password: 'another password' })
    expect(await version()).toBe(3)
    await change(user.id, { disabled: true })
    await change(user.id, { disabled: true })
    expect(await version()).toBe(4)
  })

  it('with If-Match only while nobody else did', async () => {
    const user = await created()
    const etag = (await call(`/users/${user.id}`, { token })).headers.get('etag') as string
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    const first = await change(user.id, { name: 'First' }, { 'if-match': etag })
    expect(first.status).toBe(200)
    expect((await change(user.id, { name: 'Second' }, { 'if-match': etag })).status).toBe(412)
    const next = first.headers.get('etag') as string
    await ctx.db.user.update({ where: { id: user.id }, data: { lastSignInAt: new Date() } })
    expect((await change(user.id, { name: 'Second' }, { 'if-match': next })).status).toBe(200)
  })

  it('of somebody unknown is 404, and of something that is no id 400', async () => {
    expect((await change(randomUUID(), { name: 'x' })).status).toBe(404)
    expect((await change('nobody', { name: 'x' })).status).toBe(400)
  })
})

describe('the last administrator', () => {
  it('is never demoted or disabled, not even by two changes at once', async () => {
    await ctx.db.user.updateMany({
      where: { role: 'administrator', id: { not: administratorId } },
      data: { role: 'viewer' },
    })
    for (const json of [{ role: 'viewer' }, { disabled: true }]) {
      const refused = await change(administratorId, json)
      expect(refused.status).toBe(409)
      expect((await body<Problem>(refused)).detail).toMatch(/last administrator/)
    }
    const second = await created({ role: 'administrator' })
    const statuses = await Promise.all(
      [administratorId, second.id].map(async (id) => (await change(id, { role: 'viewer' })).status),
    )
    // Whoever lost the role first may have taken the right of the second change with it.
    expect(statuses).toContain(200)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(await ctx.db.user.count({ where: { role: 'administrator', disabledAt: null } })).toBe(1)
  })
})
