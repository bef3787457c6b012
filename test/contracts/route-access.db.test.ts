import { describe, expect, it } from 'vitest'
import { openAdminApi } from '@/server/api/app'
import { type Actor, anonymous, atLeast, ruleOf } from '@/server/auth/permissions'
import { role, type Scope, scope } from '@/server/auth/schema'
import { publicRoutes, type RouteAccess, routeAccess } from '@/test/contracts/route-access'
import { type ApiDocument, sampleRequest } from '@/test/contracts/sample-request'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const notices = { on: () => () => undefined, close: async () => undefined }
let asking: Actor = anonymous
const api = openAdminApi({ ctx, notices, identify: async () => asking })
const document = (await (await api.request('/api/v1/openapi.json')).json()) as ApiDocument
const people = Object.fromEntries(
  await Promise.all(role.options.map(async (each) => [each, await createActor(ctx, each)] as const)),
) as Record<(typeof role.options)[number], Actor>

/** Each route once: middleware and the validators of a route are entries of their own in Hono's list. */
const routes = [
  ...new Set(
    api.routes
      .filter(({ method }) => method !== 'ALL')
      .map(
        ({ method, path }) =>
          `${method} ${path.replace('/api/v1', '').replaceAll(/:([^/{]+)(?:{[^}]+})?/g, '{$1}')}`,
      ),
  ),
]
const guarded = Object.entries(routeAccess).filter(([route]) => routes.includes(route))
const isChange = (route: string) => !route.startsWith('GET ')

async function statusFor(actor: Actor, route: string, access: RouteAccess): Promise<number> {
  asking = actor
  const response = await api.request(sampleRequest(document, route, access.json))
  await response.body?.cancel()
  return response.status
}

const withScopes = (scopes: readonly Scope[]): Actor => ({ ...people.administrator, kind: 'token', scopes })

describe('the table of routes', () => {
  it('names every route of the API, and no other', () => {
    expect([...Object.keys(routeAccess), ...publicRoutes].sort()).toEqual(routes.sort())
  })
})

describe.each(guarded)('%s', (route, access) => {
  const rule = ruleOf(access.action)

  it('is closed to anonymous callers', async () => {
    expect(await statusFor(anonymous, route, access)).toBe(401)
  })

  it(`is closed without the scope ${rule.scope}`, async () => {
    const others = scope.options.filter((each) => each !== rule.scope)
    expect(await statusFor(withScopes(others), route, access)).toBe(403)
  })

  if (isChange(route) && rule.scope !== 'read') {
    it('is closed to tokens that may only read', async () => {
      expect(await statusFor(withScopes(['read']), route, access)).toBe(403)
    })
  }

  if (rule.role !== 'viewer') {
    it(`is closed below ${rule.role}`, async () => {
      for (const each of role.options.filter((one) => !atLeast(one, rule.role))) {
        expect(await statusFor(people[each], route, access), each).toBe(403)
      }
    })
  }

  it('is open to administrators', async () => {
    const status = await statusFor(people.administrator, route, access)
    expect([401, 403, 405]).not.toContain(status)
    expect(status).toBeLessThan(500)
  })
})

describe.each(publicRoutes)('%s', (route) => {
  it('is open to everyone', async () => {
    asking = anonymous
    expect((await api.request(sampleRequest(document, route))).status).toBe(200)
  })
})
