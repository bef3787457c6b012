import { openAdminApi } from '@/server/api/app'
import { identifyByToken } from '@/server/auth/identify'
import type { Actor } from '@/server/auth/permissions'
import type { Scope } from '@/server/auth/schema'
import { hashToken, newTokenSecret, tokenPrefix } from '@/server/auth/token-secret'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'

const silent: Notices = { on: () => () => undefined, close: async () => undefined }

/** A token in the database; returns its secret. */
export async function createSecret(
  ctx: Context,
  owner: Actor,
  options: { scopes?: readonly Scope[]; teamId?: string; expiresAt?: Date } = {},
): Promise<string> {
  const secret = newTokenSecret()
  await ctx.db.apiToken.create({
    data: {
      name: 'test',
      prefix: tokenPrefix(secret),
      hash: hashToken(secret),
      userId: owner.userId as string,
      teamId: options.teamId ?? null,
      scopes: [...(options.scopes ?? ['read', 'declare', 'proxy', 'manage', 'administer'])],
      expiresAt: options.expiresAt ?? null,
    },
  })
  return secret
}

export interface Call {
  method?: string
  token?: string
  json?: unknown
  headers?: Record<string, string>
  body?: BodyInit
}

/** The whole admin API, identified by token, called without a socket. `call('/me')` asks for `/api/v1/me`. */
export function openTestApi(ctx: Context) {
  const api = openAdminApi({ ctx, notices: silent, identify: (request) => identifyByToken(ctx, request) })
  const call = (path: string, { method, token, json, headers, body }: Call = {}) =>
    api.request(`/api/v1${path}`, {
      method: method ?? (json === undefined && body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(body !== undefined && { body, duplex: 'half' }),
    })
  return { api, call }
}
