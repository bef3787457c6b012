import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { changeUser } from '@/server/auth/change-user'
import { hashPassword } from '@/server/auth/passwords'
import { system } from '@/server/auth/permissions'
import { answerSignIn, identifyRequest, sessionActor } from '@/server/auth/session'
import { Browser } from '@/test/support/browser'
import { openTestContext } from '@/test/support/context'
import { createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const ORIGIN = 'http://localhost:4711'
const PASSWORD = 'correct horse battery'
const passwordHash = await hashPassword(PASSWORD)
const COOKIE = 'next-auth.session-token'

let email: string
let id: string
let browser: Browser

const actor = (at = ctx) => sessionActor(at, new Headers({ cookie: browser.cookies() }))
const signIn = (fields: Record<string, string> = {}) =>
  browser.submit('/api/auth/callback/credentials', { email, password: PASSWORD, ...fields })
const url = async (response: Response) => ((await response.json()) as { url: string }).url

beforeEach(async () => {
  email = `${randomUUID()}@example.org`
  const team = await createTeam(ctx)
  const user = await ctx.db.user.create({
    data: { email, name: 'Ada', role: 'member', passwordHash, memberships: { create: { teamId: team.id } } },
  })
  id = user.id
  browser = new Browser(ORIGIN, (request) => answerSignIn(ctx, request))
})

describe('signing in', () => {
  it('gives a session that speaks for the person', async () => {
    const response = await signIn({ callbackUrl: '/files' })
    expect(response.status).toBe(200)
    expect(await url(response)).toBe(`${ORIGIN}/files`)
    expect(await actor()).toMatchObject({ kind: 'user', id, role: 'member', scopes: 'all' })
    expect((await actor()).teams).toHaveLength(1)
    const session = await (await browser.fetch('/api/auth/session')).json()
    expect(session).toMatchObject({ user: { name: 'Ada', email } })
  })

  it('keeps the session in a cookie that scripts and other sites do not get', async () => {
    await signIn()
    const cookie = browser.received.find((one) => one.startsWith(`${COOKIE}=`))
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Lax/)
    expect(cookie).not.toMatch(/Secure/)
    expect(JSON.stringify(cookie)).not.toContain(email)
  })

  it('needs the CSRF token', async () => {
    const response = await browser.fetch('/api/auth/callback/credentials', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ email, password: PASSWORD, csrfToken: 'made-up', json: 'true' }).toString(),
    })
    expect(await url(response)).toContain('csrf=true')
    expect(browser.cookie(COOKIE)).toBeUndefined()
  })

  it.each([
    ['https://evil.example.test/', `${ORIGIN}`],
    ['//evil.example.test/', `${ORIGIN}`],
    ['javascript:alert(1)', `${ORIGIN}`],
    [`${ORIGIN}/misses?q=a`, `${ORIGIN}/misses?q=a`],
  ])('goes on to %s only when that is here', async (callbackUrl, target) => {
    const response = await signIn({ callbackUrl })
    if (response.status === 200) expect(await url(response)).toBe(target)
    else expect(browser.cookie(COOKIE)).toBeUndefined()
  })

  it('is refused with a code for the sign-in page', async () => {
    const response = await signIn({ password: 'wrong' })
    expect(response.status).toBe(401)
    expect(await url(response)).toBe(`${ORIGIN}/api/auth/error?error=CredentialsSignin`)
    for (let attempt = 0; attempt < 4; attempt += 1) await signIn({ password: 'wrong' })
    const locked = await signIn()
    expect(new URL(await url(locked)).searchParams.get('error')).toMatch(/^Locked:(29|30)$/)
    const page = await browser.fetch('/api/auth/error?error=Locked:30')
    expect(page.headers.get('location')).toBe('/sign-in?error=Locked:30')
    expect((await actor()).kind).toBe('anonymous')
  })

  it('is refused when the body is too large', async () => {
    const response = await signIn({ password: 'x'.repeat(70_000) })
    expect(response.status).toBe(413)
  })
})

describe('a session ends', () => {
  beforeEach(async () => {
    await signIn()
    expect((await actor()).kind).toBe('user')
  })

  it.each([
    ['role', { role: 'viewer' as const }],
    ['password', { password: 'another password' }],
    ['disabling', { disabled: true }],
  ])('at the next request after a change of %s', async (_, change) => {
    await changeUser(ctx, system, { id, ...change })
    expect((await actor()).kind).toBe('anonymous')
    expect(await (await browser.fetch('/api/auth/session')).json()).toEqual({})
    expect(browser.cookie(COOKIE)).toBeUndefined()
  })

  it('but not after a change of name or team', async () => {
    await changeUser(ctx, system, { id, name: 'Ada Lovelace', teams: [] })
    expect(await actor()).toMatchObject({ kind: 'user', name: 'Ada Lovelace', teams: [] })
  })

  it('after twelve hours, however often it was looked at', async () => {
    const hours = (count: number) => ({ ...ctx, now: () => new Date(Date.now() + count * 3_600_000) })
    await browser.fetch('/api/auth/session')
    expect((await actor(hours(11.9))).kind).toBe('user')
    expect((await actor(hours(12))).kind).toBe('anonymous')
  })

  it('when it is signed out', async () => {
    await browser.submit('/api/auth/signout')
    expect(browser.cookie(COOKIE)).toBeUndefined()
    expect((await actor()).kind).toBe('anonymous')
  })

  it('when the cookie was altered, or signed with another secret', async () => {
    const cookie = browser.cookie(COOKIE) as string
    const elsewhere = { ...ctx, secret: 'another-secret-of-at-least-32-characters' }
    expect((await actor(elsewhere)).kind).toBe('anonymous')
    browser.setCookie(COOKIE, cookie.slice(0, -4))
    expect((await actor()).kind).toBe('anonymous')
  })
})

describe('the API in the web process', () => {
  const request = (headers: Record<string, string>, method = 'GET') =>
    new Request(`${ORIGIN}/api/v1/teams`, { method, headers: { host: 'localhost:4711', ...headers } })

  it('takes the session, and for changes only from our own pages', async () => {
    await signIn()
    const cookie = browser.cookies()
    expect((await identifyRequest(ctx, request({ cookie }))).id).toBe(id)
    expect((await identifyRequest(ctx, request({ cookie, origin: ORIGIN }, 'POST'))).id).toBe(id)
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example.test' },
      { 'sec-fetch-site': 'cross-site' },
    ]
    for (const headers of foreign) {
      await expect(identifyRequest(ctx, request({ cookie, ...headers }, 'POST'))).rejects.toMatchObject({
        code: 'forbidden',
      })
    }
  })

  it('prefers a token, and does not fall back to the session when it is wrong', async () => {
    await signIn()
    const both = request({ cookie: browser.cookies(), authorization: 'Bearer ent_wrong-token-0123456789' })
    await expect(identifyRequest(ctx, both)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('behind https', () => {
  it('cookies are secure, and go back to the public URL', async () => {
    const env = { ...ctx.env, ENTREPOT_PUBLIC_URL: 'https://entrepot.example.org' }
    const secure = { ...ctx, env }
    browser = new Browser('http://127.0.0.1:3000', (request) => answerSignIn(secure, request))
    expect(await url(await signIn({ callbackUrl: '/files' }))).toBe('https://entrepot.example.org/files')
    const cookie = browser.received.find((one) => one.startsWith(`__Secure-${COOKIE}=`))
    expect(cookie).toMatch(/; Secure/)
    expect((await actor(secure)).id).toBe(id)
  })
})
