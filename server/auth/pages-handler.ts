import { parse } from 'hono/utils/cookie'
import { AppError } from '@/server/errors'

const MAX_BODY = 64 * 1024

/** The part of Node's request that next-auth's handler for the pages router reads. */
export interface PagesRequest {
  method: string
  headers: Record<string, string>
  cookies: Record<string, string>
  query: Record<string, string | string[]>
  body: Record<string, unknown> | undefined
}

/** The part of Node's response that it writes. */
export class PagesResponse {
  private readonly headers = new Headers()
  private code = 200
  private body: string | null = null

  status(code: number): this {
    this.code = code
    return this
  }

  getHeader(name: string): string[] | string | undefined {
    if (name.toLowerCase() === 'set-cookie') return this.headers.getSetCookie()
    return this.headers.get(name) ?? undefined
  }

  setHeader(name: string, value: string | string[]): this {
    this.headers.delete(name)
    for (const one of [value].flat()) this.headers.append(name, one)
    return this
  }

  json(value: unknown): this {
    this.headers.set('content-type', 'application/json')
    this.body = JSON.stringify(value)
    return this
  }

  send(value: unknown): this {
    if (value !== null && typeof value === 'object') return this.json(value)
    this.body = value === undefined ? null : String(value)
    return this
  }

  end(): this {
    return this
  }

  toResponse(): Response {
    return new Response(this.body, { status: this.code, headers: this.headers })
  }
}

/**
 * A web request as the pages router would hand it to `/api/auth/[...nextauth]`. So next-auth runs on plain requests,
 * without Next's request scope: in tests as in the application.
 * @param origin what next-auth takes for its own origin.
 * @throws AppError `too_large`, or `invalid` for a body that is neither JSON nor a form.
 */
export async function pagesRequest(request: Request, origin: URL): Promise<PagesRequest> {
  const url = new URL(request.url)
  const headers = Object.fromEntries(request.headers)
  headers['x-forwarded-host'] = origin.host
  headers['x-forwarded-proto'] = origin.protocol.replace(':', '')
  return {
    method: request.method,
    headers,
    cookies: cookiesOf(request.headers),
    query: { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split('/').slice(3) },
    body: await bodyOf(request),
  }
}

/** The cookies of a request, by name. */
export function cookiesOf(headers: Headers): Record<string, string> {
  return { ...parse(headers.get('cookie') ?? '') }
}

async function bodyOf(request: Request): Promise<Record<string, unknown> | undefined> {
  if (request.method !== 'POST') return undefined
  const text = await boundedText(request)
  if (!request.headers.get('content-type')?.includes('application/json')) {
    return Object.fromEntries(new URLSearchParams(text))
  }
  try {
    const value: unknown = JSON.parse(text)
    if (value !== null && typeof value === 'object') return { ...value }
  } catch (error) {
    throw new AppError('invalid', 'The body is not JSON.', { cause: error })
  }
  throw new AppError('invalid', 'The body is not a JSON object.')
}

async function boundedText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > MAX_BODY) throw new AppError('too_large', 'The body is too large for a sign-in.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
