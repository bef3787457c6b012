import { headers } from 'next/headers'
import NextAuth, { type AuthOptions, type Profile, type User } from 'next-auth'
import { getToken, type JWT } from 'next-auth/jwt'
import Credentials from 'next-auth/providers/credentials'
import type { OAuthConfig, UserinfoEndpointHandler } from 'next-auth/providers/oauth'
import { cache } from 'react'
import { clientAddress } from '@/server/auth/client-address'
import { identifyToken } from '@/server/auth/identify'
import { cookiesOf, PagesResponse, pagesRequest } from '@/server/auth/pages-handler'
import { type Actor, anonymous } from '@/server/auth/permissions'
import { requireSameOrigin } from '@/server/auth/same-origin'
import { actorOfSession, SESSION_HOURS, type SessionClaims } from '@/server/auth/session-actor'
import { type SignedIn, signInWithPassword } from '@/server/auth/sign-in'
import { signInWithOidc } from '@/server/auth/sign-in-oidc'
import type { Context } from '@/server/context'
import { type Env, letSessionsNameTheHost, publicUrl } from '@/server/env'
import { AppError, toAppError } from '@/server/errors'
import { problemResponse } from '@/server/http/problem'
import { runtime } from '@/server/runtime'

const SIGN_IN_PAGE = '/sign-in'

/** Id of the single sign-on provider: the portal starts it with `POST /api/auth/signin/oidc`. */
const OIDC = 'oidc'

/**
 * Answers `/api/auth/*`: sign-in, sign-out, CSRF token, session. A refused sign-in goes to the sign-in page with a code
 * that `signInProblem` (schema.ts) turns into a sentence.
 */
export async function answerSignIn(ctx: Context, request: Request): Promise<Response> {
  letSessionsNameTheHost()
  try {
    const call = await pagesRequest(request, originFor(ctx.env, request.headers))
    const reply = new PagesResponse()
    // next-auth types the pages router's objects; pages-handler.ts gives it all it reads and writes of them.
    await NextAuth(call as never, reply as never, optionsFor(ctx, request))
    return reply.toResponse()
  } catch (error) {
    const known = toAppError(error)
    if (known.code === 'internal') ctx.log.error({ err: error }, 'a sign-in failed')
    return problemResponse(known)
  }
}

/**
 * Who sends a request to the web process: the token of its Authorization header if there is one, else the session.
 * @throws AppError `unauthenticated` for a wrong token; `forbidden` for a change that another site sent with the session.
 */
export async function identifyRequest(ctx: Context, request: Request): Promise<Actor> {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) return identifyToken(ctx, authorization)
  const actor = await sessionActor(ctx, request.headers)
  if (actor.kind !== 'anonymous') requireSameOrigin(request, new URL(publicUrl(ctx.env)).origin)
  return actor
}

/** The person behind the session cookie in these headers; `anonymous` without a session that still counts. */
export async function sessionActor(ctx: Context, from: Headers): Promise<Actor> {
  const claims = await sessionClaims(ctx, from)
  return (claims && (await actorOfSession(ctx, claims))) ?? anonymous
}

/** Who looks at the page that is being rendered; read once per render. */
export const currentActor = cache(async (): Promise<Actor> => {
  const { ctx } = await runtime()
  return sessionActor(ctx, await headers())
})

async function sessionClaims(ctx: Context, from: Headers): Promise<SessionClaims | undefined> {
  const jwt = await getToken({
    req: { cookies: cookiesOf(from), headers: {} } as never,
    secret: ctx.secret,
    secureCookie: isHttps(ctx.env),
  })
  return jwt ? claimsOf(jwt) : undefined
}

function claimsOf({ sub, version, since }: JWT): SessionClaims | undefined {
  if (typeof sub !== 'string' || typeof version !== 'number' || typeof since !== 'number') return undefined
  return { userId: sub, version, since }
}

function isHttps(env: Env): boolean {
  return publicUrl(env).startsWith('https:')
}

/** The public URL where the operator names one; else the host that the browser asked for, whatever port it is. */
function originFor(env: Env, from: Headers): URL {
  const host = from.get('host')
  if (env.ENTREPOT_PUBLIC_URL === undefined && host !== null && URL.canParse(`http://${host}`)) {
    return new URL(`http://${host}`)
  }
  return new URL(publicUrl(env))
}

function optionsFor(ctx: Context, request: Request): AuthOptions {
  const oidc = oidcProvider(ctx.env)
  return {
    secret: ctx.secret,
    useSecureCookies: isHttps(ctx.env),
    session: { strategy: 'jwt', maxAge: SESSION_HOURS * 3600 },
    pages: { signIn: SIGN_IN_PAGE, signOut: SIGN_IN_PAGE, error: SIGN_IN_PAGE },
    providers: [passwordProvider(ctx, request), ...(oidc ? [oidc] : [])],
    callbacks: {
      signIn: ({ user, account, profile }) =>
        account?.provider === OIDC ? admitFromOidc(ctx, user, profile) : Promise.resolve(true),
      jwt: async ({ token, user }) => (user ? newClaims(ctx, user) : stillValid(ctx, token)),
      redirect: ({ url, baseUrl }) => safeReturn(url, { baseUrl, host: request.headers.get('host') }),
    },
    logger: {
      error: (code, metadata) => ctx.log.warn({ code, err: metadata }, 'sign-in'),
      warn: (code) => ctx.log.debug({ code }, 'sign-in'),
      debug: () => undefined,
    },
  }
}

function passwordProvider(ctx: Context, request: Request) {
  const address = clientAddress(request.headers, ctx.env.ENTREPOT_TRUSTED_PROXIES)
  return Credentials({
    name: 'Password',
    credentials: { email: { type: 'email' }, password: { type: 'password' } },
    async authorize(given) {
      const { email, password } = { email: '', password: '', ...given }
      try {
        return await signInWithPassword(ctx, { email: String(email), password: String(password), address })
      } catch (error) {
        throw new Error(refusalCode(ctx, error))
      }
    },
  })
}

interface OidcProfile extends Profile {
  iss?: string
  email_verified?: boolean
  preferred_username?: string
}

/** Single sign-on, when the environment names a provider: authorisation code with PKCE, state and nonce. */
function oidcProvider(env: Env): OAuthConfig<OidcProfile> | undefined {
  const { ENTREPOT_OIDC_ISSUER: issuer, ENTREPOT_OIDC_CLIENT_ID: clientId } = env
  if (!issuer || !clientId || !env.ENTREPOT_OIDC_CLIENT_SECRET) return undefined
  return {
    id: OIDC,
    name: env.ENTREPOT_OIDC_NAME,
    type: 'oauth',
    wellKnown: `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
    clientId,
    clientSecret: env.ENTREPOT_OIDC_CLIENT_SECRET,
    checks: ['pkce', 'state', 'nonce'],
    idToken: true,
    authorization: { params: { scope: 'openid email profile' } },
    userinfo: { request: claimsOfPerson },
    profile: ({ sub, name, email, preferred_username }) => ({
      id: sub ?? '',
      name: name ?? preferred_username,
      email,
    }),
  }
}

/** The verified claims of the ID token, and of the userinfo endpoint when the token is a thin one without an address. */
const claimsOfPerson: NonNullable<UserinfoEndpointHandler['request']> = async ({ client, tokens }) => {
  // next-auth types the parameters of the token set only; it hands over openid-client's.
  const claims = (tokens as unknown as { claims(): OidcProfile }).claims()
  if (claims.email !== undefined || !client.issuer.metadata.userinfo_endpoint) return claims
  return { ...(await client.userinfo(tokens as never)), ...claims }
}

/** Finds or makes the person, and puts them where `newClaims` looks. @returns where to go when refused. */
async function admitFromOidc(ctx: Context, user: User, profile: OidcProfile = {}): Promise<string | true> {
  try {
    const person = await signInWithOidc(ctx, {
      issuer: profile.iss ?? '',
      subject: profile.sub ?? '',
      name: user.name ?? undefined,
      email: profile.email,
      emailVerified: profile.email_verified === true,
    })
    Object.assign(user, person)
    return true
  } catch (error) {
    return `${SIGN_IN_PAGE}?error=${encodeURIComponent(refusalCode(ctx, error))}`
  }
}

function newClaims(ctx: Context, user: User): JWT {
  const { id, name, email, sessionVersion } = user as User & SignedIn
  return { sub: id, name, email, version: sessionVersion, since: Math.floor(ctx.now().getTime() / 1000) }
}

/** The claims again while they count. @throws when not: next-auth then takes the cookie away. */
async function stillValid(ctx: Context, token: JWT): Promise<JWT> {
  const claims = claimsOf(token)
  if (claims && (await actorOfSession(ctx, claims))) return token
  throw new AppError('unauthenticated', 'The session is over.')
}

/** Where to go after signing in or out: nowhere but here, so that a link cannot lead people to another site. */
function safeReturn(url: string, { baseUrl, host }: { baseUrl: string; host: string | null }): string {
  if (!URL.canParse(url, baseUrl)) return baseUrl
  const target = new URL(url, baseUrl)
  const isOurs = /^https?:$/.test(target.protocol) && (target.host === host || target.origin === baseUrl)
  return isOurs ? target.href : baseUrl
}

/** The code of a refusal, for the sign-in page's URL. */
function refusalCode(ctx: Context, error: unknown): string {
  const known = toAppError(error)
  if (known.code === 'unauthenticated') return 'CredentialsSignin'
  if (known.code === 'rate_limited') {
    return `${known.detail.reason === 'locked' ? 'Locked' : 'Limited'}:${Math.ceil(known.retryAfter ?? 1)}`
  }
  if (known.code === 'forbidden') return oidcCodes[String(known.detail.reason)] ?? 'AccessDenied'
  ctx.log.error({ err: error }, 'a sign-in failed')
  return 'Callback'
}

const oidcCodes: Record<string, string> = {
  disabled: 'OidcDisabled',
  no_email: 'OidcNoEmail',
  unverified: 'OidcUnverified',
  linked_otherwise: 'OidcLinkedOtherwise',
}
