import { z } from 'zod'
import { instant, pageQuery } from '@/server/http/schema'

export const role = z.enum(['viewer', 'member', 'maintainer', 'administrator'])
export type Role = z.infer<typeof role>

export const slug = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/, 'Use lower-case letters, digits and hyphens, at most 64.')

export const team = z
  .object({
    id: z.uuid(),
    slug,
    name: z.string(),
    members: z.number().int(),
    activeUses: z.number().int(),
    createdAt: instant,
  })
  .meta({ id: 'Team' })
export type Team = z.infer<typeof team>
const displayName = z.string().trim().min(1, 'Give it a name.').max(100)
export const teamInput = z.object({ slug, name: displayName })
export type TeamInput = z.infer<typeof teamInput>
export const teamChange = z.object({ name: displayName })
export const teamQuery = pageQuery.extend({ q: z.string().max(200).optional() })
export type TeamQuery = z.infer<typeof teamQuery>
/** In paths, a team goes by its id or its slug. */
export const teamParam = z.object({ id: slug })
export const memberInput = z.object({ userId: z.uuid() })

export const password = z
  .string()
  .min(10, 'Use at least 10 characters.')
  .max(200, 'Use at most 200 characters.')

export const user = z
  .object({
    id: z.uuid(),
    email: z.email(),
    name: z.string(),
    role,
    teams: z.array(z.object({ id: z.uuid(), slug, name: z.string() })),
    signIn: z.array(z.enum(['password', 'oidc'])),
    lockedUntil: instant.nullable(),
    lastSignInAt: instant.nullable(),
    disabledAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof user>
export const userInput = z.object({
  email: z.email('Give an e-mail address.').max(200).toLowerCase(),
  name: displayName,
  role,
  password: password.optional(),
  teams: z.array(slug).max(200).default([]),
})
export type UserInput = z.infer<typeof userInput>
export const userChange = z
  .object({ name: displayName, role, password, teams: z.array(slug).max(200), disabled: z.boolean() })
  .partial()
export type UserChange = z.infer<typeof userChange>
export const userQuery = pageQuery.extend({ q: z.string().max(200).optional() })
export type UserQuery = z.infer<typeof userQuery>

/** What a token may do; `read` is everything that only looks. */
export const scope = z.enum(['read', 'declare', 'push', 'move', 'proxy', 'manage', 'administer'])
export type Scope = z.infer<typeof scope>

export const token = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string(),
    owner: z.object({ id: z.uuid(), name: z.string() }),
    team: z.object({ slug, name: z.string() }).nullable(),
    scopes: z.array(scope),
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
    revokedAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Token' })
export type Token = z.infer<typeof token>
export const tokenInput = z.object({
  name: displayName,
  team: slug.optional(),
  scopes: z.array(scope).min(1, 'Choose at least one scope.'),
  /** Days until it expires; null for never. */
  expiresInDays: z.number().int().min(1).max(3650).nullable().default(90),
})
export type TokenInput = z.infer<typeof tokenInput>
/** The only answer that carries the secret. */
export const newToken = token.extend({ secret: z.string() }).meta({ id: 'NewToken' })
export type NewToken = z.infer<typeof newToken>
export const tokenQuery = pageQuery.extend({ all: z.enum(['true', 'false']).optional() })
export type TokenQuery = z.infer<typeof tokenQuery>

/** Who is asking: the answer of `GET /me`. */
export const me = z
  .object({
    kind: z.enum(['user', 'token']),
    id: z.uuid(),
    name: z.string(),
    email: z.email().nullable(),
    role,
    teams: z.array(z.object({ slug, name: z.string() })),
    scopes: z.array(scope),
    /** What role and scopes allow, e.g. `file.declare`; a team or an owner may narrow it further. */
    actions: z.array(z.string()),
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof me>

/** `POST /me/password`. */
export const ownPasswordInput = z.object({
  current: z.string().min(1, 'Give your present password.'),
  password,
})
export type OwnPasswordInput = z.infer<typeof ownPasswordInput>

/** Someone in a team, as every colleague may see them. */
export const member = z.object({ id: z.uuid(), name: z.string(), role }).meta({ id: 'Member' })
export type Member = z.infer<typeof member>

const signInProblems: Record<string, string> = {
  CredentialsSignin: 'The e-mail address or the password is wrong.',
  Locked: 'Too many wrong passwords for this account.',
  Limited: 'Too many failed sign-ins from your address.',
  SessionRequired: 'Sign in to go on.',
  AccessDenied: 'You may not sign in here.',
  OidcDisabled: 'Your account is disabled. Ask an administrator.',
  OidcNoEmail: 'Your identity provider did not tell an e-mail address. Ask an administrator.',
  OidcUnverified: 'Your identity provider has not verified your e-mail address.',
  OidcLinkedOtherwise: 'Your e-mail address is linked to another identity already. Ask an administrator.',
  OAuthSignin: 'The identity provider could not be reached. Try again in a moment.',
  OAuthCallback: 'The identity provider refused the sign-in, or it took too long. Try again.',
  Configuration: 'Sign-in is not set up correctly. Ask an administrator.',
}

/**
 * The sentence for an `error` code of the sign-in page, e.g. `CredentialsSignin` or `Locked:30` (30 more seconds).
 * Codes come from the URL, so an unknown one gets a sentence that repeats nothing of it.
 */
export function signInProblem(code: string): string {
  const [name = '', seconds = ''] = code.split(':')
  const sentence = Object.hasOwn(signInProblems, name) ? signInProblems[name] : undefined
  if (sentence === undefined) return 'The sign-in did not work. Try again.'
  if (!/^[1-9]\d{0,4}$/.test(seconds)) return sentence
  const wait = Number(seconds) < 90 ? `${seconds} seconds` : `${Math.ceil(Number(seconds) / 60)} minutes`
  return `${sentence} Try again in ${wait}.`
}
