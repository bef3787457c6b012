import { identifyToken, identifyTokenById } from '@/server/auth/identify'
import { type Actor, anonymous } from '@/server/auth/permissions'
import { actorOfUser } from '@/server/auth/session-actor'
import { provePassword } from '@/server/auth/sign-in'
import { looksLikeToken } from '@/server/auth/token-secret'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Caller } from '@/server/oci/access/caller'
import type { Credentials } from '@/server/oci/access/credentials'
import { identifyWorkload, identifyWorkloadById } from '@/server/oci/access/identify-workload'
import { type Bearer, readRegistryToken } from '@/server/oci/access/registry-token'
import { looksLikeJwt } from '@/server/oci/access/workload-token'
import type { Cluster } from '@/server/storage/clusters'

interface Presented {
  cluster: Cluster
  credentials: Credentials
  /** Of the client: failed passwords are counted against it. */
  address: string
}

/** Who presents these credentials. `endsAt` (ms) bounds how long that may be remembered, where it is known. */
export interface Checked {
  caller: Caller
  endsAt?: number
}

/**
 * Checks credentials for a cluster, from the database as it is.
 *
 * Basic: an API token as the password, whatever the login; the OIDC token of a pipeline as the password; or the e-mail
 * address and the password of a person, under the same locks as the portal’s sign-in. Bearer: a token of the registry’s
 * own token service, or an API token. A cluster with users of its own takes its own tokens only, as the password of Basic.
 * @throws AppError `unauthenticated`; `rate_limited` while an account is locked or an address has failed too often.
 */
export async function checkCredentials(ctx: Context, presented: Presented): Promise<Checked> {
  const { cluster, credentials } = presented
  if (cluster.users) return { caller: await callerThere(cluster.users, presented) }
  if (credentials.scheme === 'basic')
    return { caller: withAll(await actorOfBasic(ctx, credentials, presented)) }
  if (looksLikeToken(credentials.token))
    return { caller: withAll(await actorOfToken(ctx, credentials.token)) }
  const { bearer, access, endsAt } = await readRegistryToken(ctx, cluster.name, credentials.token)
  return { caller: { actor: await actorOfBearer(ctx, bearer), grants: access }, endsAt }
}

/** Who a registry token speaks for, as they are now. @throws AppError `unauthenticated` when they are no more. */
async function actorOfBearer(ctx: Context, bearer: Bearer): Promise<Actor> {
  switch (bearer.kind) {
    case 'anonymous':
      return anonymous
    case 'token':
      return identifyTokenById(ctx, bearer.id)
    case 'workload':
      return identifyWorkloadById(ctx, bearer.id)
    case 'user':
      return known(await actorOfUser(ctx, { id: bearer.id, sessionVersion: bearer.version }))
  }
}

async function actorOfBasic(
  ctx: Context,
  { login, password }: { login: string; password: string },
  { address }: Presented,
): Promise<Actor> {
  if (looksLikeToken(password)) return actorOfToken(ctx, password)
  if (looksLikeJwt(password)) return identifyWorkload(ctx, password)
  if (!login.includes('@')) {
    throw new AppError(
      'unauthenticated',
      'Send an API token as the password, or sign in with your e-mail address and password.',
    )
  }
  return known(await actorOfUser(ctx, { id: await provePassword(ctx, { email: login, password, address }) }))
}

function actorOfToken(ctx: Context, secret: string): Promise<Actor> {
  return identifyToken(ctx, `Bearer ${secret}`)
}

/** On a cluster that has its own users: who they are there, and for the rest of Entrepôt somebody without an account. */
async function callerThere(
  users: NonNullable<Cluster['users']>,
  { cluster, credentials }: Presented,
): Promise<Caller> {
  if (credentials.scheme !== 'basic' || credentials.password === '') {
    throw new AppError('unauthenticated', `Send a token of ${cluster.name} as the password of Basic.`)
  }
  const token = credentials.password
  const login = await users.identify(token)
  const actor: Actor = {
    ...anonymous,
    kind: 'user',
    name: login,
    role: 'member',
    scopes: 'all',
  }
  return { actor, grants: 'all', clusterUser: { login, token } }
}

function withAll(actor: Actor): Caller {
  return { actor, grants: 'all' }
}

function known(actor: Actor | undefined): Actor {
  if (actor === undefined)
    throw new AppError('unauthenticated', 'This account is disabled, or its password was changed.')
  return actor
}
