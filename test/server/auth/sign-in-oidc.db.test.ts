import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { answerSignIn, sessionActor } from '@/server/auth/session'
import { signInWithOidc } from '@/server/auth/sign-in-oidc'
import { Browser } from '@/test/support/browser'
import { openTestContext } from '@/test/support/context'
import { openOidcProvider } from '@/test/support/oidc-provider'

const provider = await openOidcProvider({ id: 'entrepot', secret: 'client-secret' })
const ctx = await openTestContext({
  ENTREPOT_OIDC_ISSUER: `${provider.issuer}/`,
  ENTREPOT_OIDC_CLIENT_ID: 'entrepot',
  ENTREPOT_OIDC_CLIENT_SECRET: 'client-secret',
  ENTREPOT_OIDC_NAME: 'Example SSO',
})
const ORIGIN = 'http://entrepot.example.test:3000'

let browser: Browser
let email: string
let sub: string

const start = async () => {
  const response = await browser.submit('/api/auth/signin/oidc', { callbackUrl: '/misses' })
  return ((await response.json()) as { url: string }).url
}
const signIn = async (claims: Record<string, unknown>) => {
  const back = new URL(provider.consent(await start(), claims))
  return browser.fetch(`${back.pathname}${back.search}`)
}
const problem = (response: Response) =>
  new URL(response.headers.get('location') ?? '', ORIGIN).searchParams.get('error')
const actor = () => sessionActor(ctx, new Headers({ cookie: browser.cookies() }))

beforeEach(() => {
  browser = new Browser(ORIGIN, (request) => answerSignIn(ctx, request))
  provider.misbehave({})
  email = `${randomUUID()}@example.org`
  sub = randomUUID()
})

describe('single sign-on', () => {
  it('is offered by its name', async () => {
    const providers = await (await browser.fetch('/api/auth/providers')).json()
    expect(providers).toMatchObject({ oidc: { name: 'Example SSO' }, credentials: {} })
  })

  it('asks with PKCE, state and nonce, and comes back to the host the browser uses', async () => {
    const { searchParams } = new URL(await start())
    expect(searchParams.get('redirect_uri')).toBe(`${ORIGIN}/api/auth/callback/oidc`)
    expect(searchParams.get('code_challenge_method')).toBe('S256')
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(searchParams.get(name)?.length).toBeGreaterThan(20)
  })

  it('makes a viewer of someone new, and knows them again', async () => {
    const response = await signIn({ sub, email: email.toUpperCase(), email_verified: true, name: 'Grace' })
    expect(response.headers.get('location')).toBe(`${ORIGIN}/misses`)
    const first = await actor()
    expect(first).toMatchObject({ kind: 'user', name: 'Grace', role: 'viewer', teams: [] })
    const user = await ctx.db.user.findUniqueOrThrow({ where: { email } })
    expect(user).toMatchObject({ id: first.id, oidcSubject: `${provider.issuer}|${sub}` })

    await signIn({ sub, email: 'renamed@example.org', email_verified: false })
    expect((await actor()).id).toBe(first.id)
    const entries = await ctx.db.auditEntry.findMany({
      where: { subjectId: user.id },
      orderBy: { id: 'asc' },
    })
    expect(entries.map(({ action }) => action)).toEqual(['user.create', 'user.sign-in', 'user.sign-in'])
  })

  it('links the person who has this verified e-mail address', async () => {
    const known = await ctx.db.user.create({ data: { email, name: 'Ada', role: 'maintainer' } })
    await signIn({ sub, email, email_verified: true })
    expect(await actor()).toMatchObject({ id: known.id, role: 'maintainer' })
  })

  it('links nobody by an address that is not verified', async () => {
    await ctx.db.user.create({ data: { email, name: 'Ada', role: 'administrator' } })
    for (const claims of [{ email_verified: false }, {}, { email_verified: 'true' }]) {
      expect(problem(await signIn({ sub, email, ...claims }))).toBe('OidcUnverified')
    }
    expect(problem(await signIn({ sub }))).toBe('OidcNoEmail')
    expect((await actor()).kind).toBe('anonymous')
  })

  it('does not hand an account over to another identity', async () => {
    await signIn({ sub, email, email_verified: true })
    const other = new Browser(ORIGIN, (request) => answerSignIn(ctx, request))
    browser = other
    expect(problem(await signIn({ sub: randomUUID(), email, email_verified: true }))).toBe(
      'OidcLinkedOtherwise',
    )
  })

  it('refuses someone disabled', async () => {
    await ctx.db.user.create({ data: { email, name: 'Ada', disabledAt: new Date() } })
    expect(problem(await signIn({ sub, email, email_verified: true }))).toBe('OidcDisabled')
  })

  it('refuses an answer to another question: nonce, state or verifier', async () => {
    const claims = { sub, email, email_verified: true }
    provider.misbehave({ nonce: 'of another sign-in' })
    expect(await callbackProblem(await signIn(claims))).toBe('OAuthCallback')
    provider.misbehave({})

    const back = new URL(provider.consent(await start(), claims))
    back.searchParams.set('state', 'made-up')
    expect(await callbackProblem(await browser.fetch(back.pathname + back.search))).toBe('OAuthCallback')

    const stolen = new URL(provider.consent(await start(), claims))
    await start()
    expect(await callbackProblem(await browser.fetch(stolen.pathname + stolen.search))).toBe('OAuthCallback')
    expect((await actor()).kind).toBe('anonymous')
  })

  it('asks the userinfo endpoint when the ID token says too little', async () => {
    provider.sendThinTokens()
    await signIn({ sub, email, email_verified: true, name: 'Grace' })
    expect(await actor()).toMatchObject({ kind: 'user', name: 'Grace' })
    const user = await ctx.db.user.findUniqueOrThrow({ where: { email } })
    expect(user.oidcSubject).toBe(`${provider.issuer}|${sub}`)
  })

  it('makes one account of two first sign-ins at once', async () => {
    const identity = { issuer: provider.issuer, subject: sub, name: 'Grace', email, emailVerified: true }
    const people = await Promise.all([1, 2, 3].map(() => signInWithOidc(ctx, identity)))
    expect(new Set(people.map(({ id }) => id)).size).toBe(1)
  })

  async function callbackProblem(response: Response): Promise<string | null> {
    const page = await browser.fetch(response.headers.get('location') ?? '')
    const last = page.headers.get('location') ?? ''
    return problem(last.includes('/sign-in') ? page : await browser.fetch(last))
  }
})
