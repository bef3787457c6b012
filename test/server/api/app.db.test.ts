import { beforeAll, describe, expect, it } from 'vitest'
import type { Me } from '@/server/auth/schema'
import type { Problem } from '@/server/http/schema'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
let token: string

const problem = (response: Response) => response.json() as Promise<Problem>

beforeAll(async () => {
  token = await createSecret(ctx, await createActor(ctx, 'administrator', [await createTeam(ctx)]))
})

describe('who asks', () => {
  it('is told by /me', async () => {
    const me = (await (await call('/me', { token })).json()) as Me
    expect(me).toMatchObject({ kind: 'token', role: 'administrator' })
    expect(me.email).toMatch(/@example\.org$/)
    expect(me.actions).toContain('user.manage')
  })

  it('must be somebody, before anything else is looked at', async () => {
    for (const answer of [await call('/me'), await call('/teams', { body: '{' }), await call('/nowhere')]) {
      expect(answer.status).toBe(401)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
  })

  it('is not asked by a password prompt of the browser', async () => {
    expect((await call('/me')).headers.get('www-authenticate')).toBe('Bearer realm="Entrepot"')
  })
})

describe('the id of a request', () => {
  it('is taken over when it is short and plain, and made up otherwise', async () => {
    const idFor = async (given: string) =>
      (await call('/me', { token, headers: { 'x-request-id': given } })).headers.get('x-request-id')
    expect(await idFor('build-42.1_a')).toBe('build-42.1_a')
    for (const bad of ['a b', 'x'.repeat(65), '<b>', '-x'])
      expect(await idFor(bad)).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is in problems, and in the audit log', async () => {
    const headers = { 'x-request-id': 'trace-7' }
    const refused = await call('/nowhere', { token, headers })
    expect(refused.headers.get('x-request-id')).toBe('trace-7')
    expect(await problem(refused)).toMatchObject({ status: 404, code: 'not_found', requestId: 'trace-7' })
    expect((await call('/me', { headers })).headers.get('x-request-id')).toBe('trace-7')
    await call('/teams', { token, headers, json: { slug: 'traced', name: 'Traced' } })
    const entry = await ctx.db.auditEntry.findFirst({ where: { subjectName: 'traced' } })
    expect(entry?.requestId).toBe('trace-7')
  })
})

describe('bodies', () => {
  it('that are no JSON are a problem, not a failure', async () => {
    const send = (type: string | undefined, body: string) =>
      call('/teams', { token, body, headers: type === undefined ? {} : { 'content-type': type } })
    expect(await problem(await send('application/json', '{"slug":'))).toMatchObject({
      status: 400,
      detail: 'The body is not valid JSON.',
    })
    for (const type of ['application/xml', undefined]) {
      expect(await problem(await send(type, '<a/>'))).toMatchObject({ status: 400 })
    }
  })

  it('larger than 8 MiB are refused, with and without a Content-Length', async () => {
    const large = `{"slug":"${'a'.repeat(8 * 1024 * 1024)}"}`
    const chunks = new Blob([large]).stream()
    const type = { 'content-type': 'application/json' }
    const declared = await call('/teams', {
      token,
      body: large,
      headers: { ...type, 'content-length': String(large.length) },
    })
    const streamed = await call('/teams', { token, body: chunks, headers: type })
    for (const answer of [declared, streamed]) {
      expect(answer.status).toBe(413)
      expect(await problem(answer)).toMatchObject({ code: 'too_large' })
    }
  })

  it('just below pass', async () => {
    const answer = await call('/teams', {
      token,
      json: { slug: 'a'.repeat(8 * 1024 * 1024 - 100), name: 'x' },
    })
    expect(answer.status).toBe(400)
    expect(await problem(answer)).toMatchObject({ fields: [{ path: 'slug' }] })
  })
})

describe('answers', () => {
  it('are not kept by caches', async () => {
    expect((await call('/me', { token })).headers.get('cache-control')).toBe('no-store')
  })
})

describe('the document', () => {
  it('is OpenAPI 3.1, public, and names how to identify oneself', async () => {
    const answer = await call('/openapi.json')
    expect(answer.status).toBe(200)
    const document = (await answer.json()) as Document
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(document.info.title).toBe('Entrepôt')
    expect(document.security).toEqual([{ bearer: [] }, { basic: [] }, { session: [] }])
    expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'basic', 'session'])
    expect(document.components.schemas).toMatchObject({ Me: {}, Problem: {}, Team: {}, Task: {} })
    expect(document.paths['/api/v1/teams/{id}']).toMatchObject({ get: {}, patch: {}, delete: {} })
  })

  it('gives every operation a tag and a summary', async () => {
    const { paths } = (await (await call('/openapi.json')).json()) as Document
    const operations = Object.values(paths).flatMap((item) => Object.values(item))
    expect(operations.length).toBeGreaterThan(15)
    for (const operation of operations) {
      expect(operation.tags).toHaveLength(1)
      expect(operation.summary).toMatch(/^[A-Z].*[^.]$/)
    }
  })
})

interface Document {
  openapi: string
  info: { title: string }
  security: unknown
  components: { securitySchemes: Record<string, unknown>; schemas: Record<string, unknown> }
  paths: Record<string, Record<string, { tags: string[]; summary: string }>>
}
