import { randomUUID } from 'node:crypto'
import { OpenAPIHono } from '@hono/zod-openapi'
import { beforeEach, describe, expect, it } from 'vitest'
import { apiError } from '@/server/api/gate'
import { idempotency } from '@/server/api/idempotency'
import type { ApiEnv } from '@/server/api/plumbing'
import { sweepIdempotencyKeys } from '@/server/api/sweep-idempotency-keys'
import type { Actor } from '@/server/auth/permissions'
import type { NewToken } from '@/server/auth/schema'
import { AppError } from '@/server/errors'
import { problemResponse } from '@/server/http/problem'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
let owner: Actor
let token: string
let key: string

const create = (json: unknown, options: { as?: string; key?: string } = {}) =>
  call('/teams', {
    token: options.as ?? token,
    json,
    headers: { 'idempotency-key': options.key ?? key },
  })
const newTeam = () => ({ slug: `team-${randomUUID()}`, name: 'A team' })

beforeEach(async () => {
  owner = await createActor(ctx, 'administrator')
  token = await createSecret(ctx, owner)
  key = randomUUID()
})

describe('the same key', () => {
  it('with the same request gets the first answer again', async () => {
    const team = newTeam()
    const first = await create(team)
    const second = await create(team)
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect(second.status).toBe(201)
    expect(await second.json()).toEqual(await first.json())
    expect(await ctx.db.auditEntry.count({ where: { subjectName: team.slug } })).toBe(1)
  })

  it('with another request is refused', async () => {
    await create(newTeam())
    const other = await create(newTeam())
    expect(other.status).toBe(422)
    expect(await other.json()).toMatchObject({ detail: 'This Idempotency-Key was used for another request.' })
  })

  it('of another actor is another key', async () => {
    await create(newTeam())
    const as = await createSecret(ctx, owner)
    expect((await create(newTeam(), { as })).status).toBe(201)
  })

  it('may be used again after an answer that changed nothing', async () => {
    const team = newTeam()
    await create(team, { key: 'first' })
    expect((await create(team)).status).toBe(409)
    await ctx.db.team.delete({ where: { slug: team.slug } })
    expect((await create(team)).status).toBe(201)
  })

  it('may be used anew after a day, and is swept then', async () => {
    const team = newTeam()
    await create(team)
    const yesterday = new Date(Date.now() - 24.1 * 3_600_000)
    await ctx.db.idempotencyKey.updateMany({ data: { createdAt: yesterday } })
    expect((await create(team)).headers.get('idempotent-replayed')).toBeNull()
    await create(newTeam())
    await sweepIdempotencyKeys(ctx)
    expect(await ctx.db.idempotencyKey.findMany()).toMatchObject([{ status: 201 }])
    const tomorrow = new Date(Date.now() + 24.1 * 3_600_000)
    expect(await sweepIdempotencyKeys({ ...ctx, now: () => tomorrow })).toBe(1)
  })

  it('must be a plain word', async () => {
    for (const bad of ['two words', 'x'.repeat(201), 'caf\u00e9']) {
      expect((await create(newTeam(), { key: bad })).status).toBe(400)
    }
  })

  it('keeps the secret of a new token encrypted', async () => {
    const json = { name: 'ci', scopes: ['read'] }
    const make = async () => {
      const response = await call('/tokens', { token, json, headers: { 'idempotency-key': key } })
      return (await response.json()) as NewToken
    }
    const first = await make()
    expect((await make()).secret).toBe(first.secret)
    const rows = JSON.stringify(await ctx.db.idempotencyKey.findMany())
    expect(rows).not.toContain(first.secret)
    expect(rows).not.toContain('"ci"')
  })
})

describe('while the first request is on its way', () => {
  /** An app whose one route answers when the test lets it. */
  const open = () => {
    let release: (answer: Response | Error) => void = () => undefined
    let calls = 0
    const app = new OpenAPIHono<ApiEnv>()
    app.onError((error) => problemResponse(apiError(error)))
    app.use(async (c, next) => {
      c.set('ctx', ctx)
      c.set('actor', owner)
      await next()
    })
    app.use(idempotency)
    app.post('/slow', async () => {
      calls += 1
      const answer = await new Promise<Response | Error>((resolve) => {
        release = resolve
      })
      if (answer instanceof Error) throw answer
      return answer
    })
    const post = (init: RequestInit = {}) =>
      app.request('/slow', { method: 'POST', ...init, headers: { 'idempotency-key': key, ...init.headers } })
    return { post, release: (answer: Response | Error) => release(answer), calls: () => calls }
  }

  it('the second is told to come back', async () => {
    const { post, release, calls } = open()
    const first = post()
    await expect.poll(calls).toBe(1)
    const second = await post()
    expect(second.status).toBe(409)
    expect(second.headers.get('retry-after')).toBe('1')
    release(Response.json({ done: true }, { status: 202 }))
    expect((await first).status).toBe(202)
    const third = await post()
    expect(third.status).toBe(202)
    expect(await third.json()).toEqual({ done: true })
    expect(calls()).toBe(1)
  })

  it('and fails, the key is free again', async () => {
    const { post, release, calls } = open()
    const first = post()
    await expect.poll(calls).toBe(1)
    release(new AppError('unavailable', 'Not now.'))
    expect((await first).status).toBe(503)
    const second = post()
    await expect.poll(calls).toBe(2)
    release(Response.json({}))
    expect((await second).status).toBe(200)
  })

  it('and its process dies, the key is free after two minutes', async () => {
    const { post, calls, release } = open()
    void post()
    await expect.poll(calls).toBe(1)
    await ctx.db.idempotencyKey.updateMany({ data: { createdAt: new Date(Date.now() - 121_000) } })
    const second = post()
    await expect.poll(calls).toBe(2)
    release(Response.json({}))
    expect((await second).status).toBe(200)
  })

  it('uploads are not held up, nor read', async () => {
    const { post, release, calls } = open()
    const upload = () => post({ body: 'bytes', headers: { 'content-type': 'application/octet-stream' } })
    const first = upload()
    await expect.poll(calls).toBe(1)
    release(Response.json({}))
    await first
    const second = upload()
    await expect.poll(calls).toBe(2)
    release(Response.json({}))
    expect((await second).status).toBe(200)
    expect(await ctx.db.idempotencyKey.count({ where: { key: { endsWith: key } } })).toBe(0)
  })
})
