import { hc } from 'hono/client'
import type { AdminApi } from '@/server/api/app'
import type { Problem } from '@/server/http/schema'

/** What the server said, in its own words: `message` is for the person, `fields` for the form. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: { path: string; message: string }[] = [],
    readonly requestId?: string,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

interface ClientOptions {
  /** Base URL of the installation; '' for the same origin. */
  baseUrl: string
  /** API token; the browser's session cookie is used without one. */
  token?: string
  fetch?: typeof fetch
}

/** The typed client of the admin API, for portal and CLI. */
export function createClient({ baseUrl, token, fetch: send = fetch }: ClientOptions) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return hc<AdminApi>(baseUrl, { headers, fetch: send }).api.v1
}

/**
 * The JSON of a good answer.
 * @throws ApiError with the server's own words for any other.
 */
export async function unwrap<Answer extends JsonAnswer>(answer: Promise<Answer>): Promise<GoodBody<Answer>> {
  const response = await answer
  if (response.ok) return (await response.json()) as GoodBody<Answer>
  const body = (await response.json().catch(() => undefined)) as Partial<Problem> | undefined
  const detail = body?.detail ?? `The server answered ${response.status}.`
  throw new ApiError(response.status, body?.code ?? 'internal', detail, body?.fields, body?.requestId)
}

interface JsonAnswer {
  ok: boolean
  status: number
  json(): Promise<unknown>
}
type GoodBody<Answer extends JsonAnswer> = Exclude<Awaited<ReturnType<Answer['json']>>, Problem>
