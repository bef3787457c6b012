import { AddressLimit } from '@/server/auth/address-limit'
import { looksLikeToken } from '@/server/auth/token-secret'
import type { Context } from '@/server/context'
import { AppError, toAppError } from '@/server/errors'
import type { Caller, Grant } from '@/server/oci/access/caller'
import { readCredentials } from '@/server/oci/access/credentials'
import type { NodeAccess } from '@/server/oci/access/decide-node'
import type { CallerIdentifier } from '@/server/oci/access/identify-caller'
import { type Bearer, issueRegistryToken, REGISTRY_TOKEN_SECONDS } from '@/server/oci/access/registry-token'
import { addressOf, originOf } from '@/server/oci/access/request-origin'
import type { NodePermission } from '@/server/oci/access/schema'
import { MAX_SCOPES, readScopes, writeScopes } from '@/server/oci/access/scopes'
import { readTokenRequest } from '@/server/oci/access/token-request'
import { faultBody, faultOf, RegistryFault, statusOfFault } from '@/server/oci/faults'
import type { Cluster } from '@/server/storage/clusters'

interface Parts {
  ctx: Context
  identifier: CallerIdentifier
  access: NodeAccess
}

/**
 * Failures from one address, whatever the credentials. Passwords have a stricter limit of their own; this one keeps a
 * broken pipeline from taking the database's time, and leaves others behind its address alone.
 */
const failures = new AddressLimit({ failures: 300, seconds: 60 })

/**
 * The token service of the registry, `/v2/token`: says in a signed token who asks and what they may do right now to each
 * repository they name. Nobody in particular gets a token too, for what is open to everyone; wrong credentials get none.
 * @param peer address of the other end of the connection.
 * @returns never rejects.
 */
export async function answerToken(parts: Parts, request: Request, peer: string): Promise<Response> {
  const { ctx } = parts
  try {
    return await answer(parts, request, peer)
  } catch (error) {
    const known = toAppError(error)
    const status = statusOfFault(faultOf(known))
    if (status >= 500) ctx.log.error({ err: error }, 'no registry token could be issued')
    return refusalOf(known, originOf(headOf(request, peer), ctx.env).host)
  }
}

async function answer({ ctx, identifier, access }: Parts, request: Request, peer: string): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'POST') {
    throw new RegistryFault('UNSUPPORTED', 'Tokens are asked for with GET or POST.')
  }
  const cluster = ctx.clusters.ofHost(originOf(headOf(request, peer), ctx.env).host)
  if (cluster.users) {
    throw new AppError('invalid', `${cluster.name} has no token service: send Basic with each request.`)
  }
  const { authorization, scopes, wantsRefresh } = await readTokenRequest(request)
  const wanted = readScopes(scopes)
  if (wanted === undefined) throw new AppError('invalid', `Ask for at most ${MAX_SCOPES} scopes.`)
  const address = addressOf(request.headers.get('x-forwarded-for') ?? undefined, peer, ctx.env)
  const caller = await identify({ ctx, identifier }, { cluster, authorization, address })
  const allowed = await Promise.all(wanted.map((grant) => allowedOf(grant, { access, cluster, caller })))
  const granted = allowed.filter(({ actions }) => actions.length > 0)
  const bearer = await bearerOf(ctx, caller)
  const { token, issuedAt } = await issueRegistryToken(ctx, cluster.name, { bearer, access: granted })
  const refresh = wantsRefresh ? apiTokenOf(authorization) : undefined
  return Response.json(
    {
      token,
      access_token: token,
      expires_in: REGISTRY_TOKEN_SECONDS,
      issued_at: issuedAt.toISOString(),
      scope: writeScopes(granted),
      ...(refresh !== undefined && { refresh_token: refresh }),
    },
    { headers: { 'cache-control': 'no-store' } },
  )
}

async function identify(
  { ctx, identifier }: Pick<Parts, 'ctx' | 'identifier'>,
  {
    cluster,
    authorization,
    address,
  }: { cluster: Cluster; authorization: string | undefined; address: string },
): Promise<Caller> {
  if (authorization === undefined) return identifier.identify(cluster, undefined)
  const retryAfter = failures.take(address, ctx.now())
  if (retryAfter !== undefined) {
    throw new AppError(
      'rate_limited',
      'Too many failed sign-ins from your address. Wait before the next try.',
      {
        retryAfter,
      },
    )
  }
  const caller = await identifier.identify(cluster, authorization, () => address)
  failures.giveBack(address)
  // A token that was issued for some repositories must not beget one for others, nor live for ever.
  if (caller.grants !== 'all')
    throw new AppError('unauthenticated', 'Send credentials, not a registry token.')
  return caller
}

const rightOf: Record<string, NodePermission> = { pull: 'read', push: 'write', delete: 'remove' }

/** Of what a client asks for, what the caller may do now. `*` is all there is. */
async function allowedOf(
  { type, name, actions }: Grant,
  { access, cluster, caller }: { access: NodeAccess; cluster: Cluster; caller: Caller },
): Promise<Grant> {
  // Who may not read a repository does not find it in the catalog.
  if (type === 'registry') return { type, name, actions }
  const wanted = actions.includes('*') ? Object.keys(rightOf) : actions
  const allowed: string[] = []
  for (const action of wanted) {
    const right = rightOf[action]
    if (right === undefined) continue
    const decision = await access.decide(cluster, { ...caller, grants: 'all' }, right, name)
    if (decision.allowed) allowed.push(action)
  }
  return { type, name, actions: allowed }
}

async function bearerOf(ctx: Context, { actor }: Caller): Promise<Bearer> {
  if (actor.kind === 'anonymous' || actor.id === null) return { kind: 'anonymous' }
  // Only a pipeline is nobody's.
  if (actor.kind === 'token') return { kind: actor.userId === null ? 'workload' : 'token', id: actor.id }
  const { sessionVersion } = await ctx.db.user.findUniqueOrThrow({
    where: { id: actor.id },
    select: { sessionVersion: true },
  })
  return { kind: 'user', id: actor.id, version: sessionVersion }
}

/** The API token among the credentials: what a client may come back with. Passwords are not kept for anyone. */
function apiTokenOf(authorization: string | undefined): string | undefined {
  const credentials = authorization === undefined ? undefined : readCredentials(authorization)
  const secret = credentials?.scheme === 'basic' ? credentials.password : credentials?.token
  return secret !== undefined && looksLikeToken(secret) ? secret : undefined
}

function refusalOf(error: AppError, host: string): Response {
  // The protocol has no code of its own for a request that cannot be understood.
  const fault = error.code === 'invalid' ? 'UNSUPPORTED' : faultOf(error)
  const status = error.code === 'invalid' ? 400 : statusOfFault(fault)
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' })
  if (status === 401) headers.set('www-authenticate', `Basic realm="${host}", charset="UTF-8"`)
  if (status === 405) headers.set('allow', 'GET, POST')
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter))
  return new Response(faultBody(fault, error.message), { status, headers })
}

function headOf(request: Request, peer: string) {
  const { headers, url } = request
  return {
    host: headers.get('host') ?? new URL(url).host,
    forwardedHost: headers.get('x-forwarded-host') ?? undefined,
    forwardedProto: headers.get('x-forwarded-proto') ?? undefined,
    peer,
  }
}
