import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Challenge } from '@/server/images/challenge'
import { readSmall } from '@/server/images/read-small'
import { registryFault } from '@/server/images/registry-fault'
import { upstreamAgent } from '@/server/mirror/upstream-agent'
import { askUpstream, originOf } from '@/server/mirror/upstream-request'
import { parseUri } from '@/server/mirror/uri'

interface Wanted {
  /** Who asks for the token, for people to read. */
  registry: string
  challenge: Challenge
  /** Used unless the challenge names one. */
  scope: string
  credentials: { username: string; password: string } | undefined
  signal: AbortSignal
}

/** Tokens of some registries carry long lists of claims. */
const MAX_ANSWER = 256 * 1024
const MAX_REALM = 2048

/**
 * Asks a registry's token service for a token (distribution's token authentication; RFC 6750 for its use). Without
 * credentials the token is anonymous. The service is guarded like every upstream; over plain HTTP it is asked only where an
 * administrator has named its address.
 * @throws AppError `upstream_refused` for a service that may not be asked, or that refuses; as `askUpstream`.
 */
export async function fetchToken(ctx: Context, wanted: Wanted): Promise<string> {
  const { registry, credentials, signal } = wanted
  const uri = tokenUri(wanted)
  const answer = await askUpstream(upstreamAgent(ctx.env), {
    uri,
    headers: { accept: 'application/json' },
    secretsFor: (origin) =>
      credentials && origin === originOf(uri) ? { authorization: basic(credentials) } : undefined,
    plainReach: 'inside',
    signal,
    stallSeconds: ctx.env.ENTREPOT_FETCH_STALL_SECONDS,
  })
  try {
    if (answer.status !== 200)
      throw registryFault(answer, { now: ctx.now(), isKnown: credentials !== undefined })
    const token = tokenIn(await readSmall(ctx, answer, MAX_ANSWER))
    if (token !== undefined) return token
  } finally {
    answer.close()
  }
  throw new AppError('upstream_refused', `${uri.host}, which gives tokens for ${registry}, sent none.`)
}

function tokenUri({ registry, challenge, scope }: Wanted) {
  const realm = challenge.parameters.get('realm') ?? ''
  try {
    const { uri } = parseUri(realm, MAX_REALM)
    const url = new URL(uri)
    const service = challenge.parameters.get('service')
    if (service !== undefined) url.searchParams.set('service', service)
    const scopes = (challenge.parameters.get('scope') ?? scope).split(' ').filter(Boolean)
    for (const one of scopes) url.searchParams.append('scope', one)
    return parseUri(url.href, 2 * MAX_REALM)
  } catch (cause) {
    const message = `${registry} wants a token from “${realm.slice(0, 200)}”, which is not a URL that can be asked.`
    throw new AppError('upstream_refused', message, { cause })
  }
}

function tokenIn(body: Buffer): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
  const { token, access_token } = (value ?? {}) as Record<string, unknown>
  const found = [token, access_token].find((one) => typeof one === 'string' && /^[\x21-\x7e]+$/.test(one))
  return found as string | undefined
}

/** RFC 7617. */
export function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
