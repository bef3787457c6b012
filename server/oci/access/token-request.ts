import { AppError } from '@/server/errors'

/** What a client asks of the token service, by either of its two forms. */
export interface TokenRequest {
  /** An Authorization header with the credentials; undefined for nobody. */
  authorization: string | undefined
  scopes: string[]
  /** The client wants something to come back with, instead of keeping a password. */
  wantsRefresh: boolean
}

/** Basic with neither a name nor a password: what clients send that were given none. */
const NOBODY = /^basic +Og==$/i

/** A form has a token or a password, and scopes. */
const MAX_FORM = 32 * 1024

/**
 * Reads a request for a token: GET with query and Basic (distribution's “Token Authentication Specification”), or POST of a
 * form (its OAuth 2 variant, RFC 6749 §4.3 and §6).
 * @throws AppError `invalid`, `too_large`.
 */
export async function readTokenRequest(request: Request): Promise<TokenRequest> {
  const authorization = request.headers.get('authorization') ?? undefined
  if (request.method === 'GET') {
    const { searchParams } = new URL(request.url)
    return {
      authorization: NOBODY.test(authorization ?? '') ? undefined : authorization,
      scopes: searchParams.getAll('scope'),
      wantsRefresh: searchParams.get('offline_token') === 'true',
    }
  }
  const form = await readForm(request)
  return {
    authorization: credentialsOf(form),
    scopes: form.getAll('scope'),
    wantsRefresh: form.get('access_type') === 'offline' || form.get('grant_type') === 'refresh_token',
  }
}

function credentialsOf(form: URLSearchParams): string {
  const kind = form.get('grant_type')
  if (kind === 'password') {
    const login = `${form.get('username') ?? ''}:${form.get('password') ?? ''}`
    return `Basic ${Buffer.from(login).toString('base64')}`
  }
  if (kind === 'refresh_token') return `Bearer ${form.get('refresh_token') ?? ''}`
  throw new AppError('invalid', 'The grant_type is “password” or “refresh_token”.')
}

async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type.trim())) {
    throw new AppError('invalid', 'Send a form: application/x-www-form-urlencoded.')
  }
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.length
    if (size > MAX_FORM) throw new AppError('too_large', 'The form is larger than 32 KiB.')
    parts.push(part)
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'))
}
