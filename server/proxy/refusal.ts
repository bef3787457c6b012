import { preferredType } from '@/server/http/accept'
import { type Answer, textAnswer, withoutBody } from '@/server/http/answer'

/** Why a request is not answered with the bytes it asked for: one sentence for the person behind the client. */
export interface Refusal {
  status: number
  /** Machine-readable, stable. */
  code: string
  reason: string
  /** The URL that was asked for, as far as it is known. */
  url?: string
  /** Where the person can do something about it. */
  link?: { label: string; url: string }
  /** Seconds after which trying again makes sense. */
  retryAfter?: number
  headers?: readonly string[]
}

const titles: Record<number, string> = {
  400: 'Bad request',
  403: 'Refused',
  404: 'Not declared',
  405: 'Method not allowed',
  407: 'Proxy authentication required',
  414: 'URL too long',
  421: 'Misdirected request',
  503: 'Not available yet',
}

interface Refused {
  method: string
  fields: { accept?: string }
}

/** The answer that tells the client of a request why it is refused. */
export function refuse({ method, fields }: Refused, refusal: Refusal): Answer {
  const answer = renderRefusal(refusal, fields.accept)
  return method === 'HEAD' ? withoutBody(answer) : answer
}

/** The refusal as plain text, HTML or a problem document (RFC 9457), whichever the client's Accept field wants most. */
export function renderRefusal(refusal: Refusal, accept: string | undefined): Answer {
  const type = preferredType(accept, [
    'text/plain',
    'text/html',
    'application/problem+json',
    'application/json',
  ])
  const headers = refusalHeaders(refusal)
  if (type === 'text/plain') return textAnswer({ status: refusal.status, headers, text: asText(refusal) })
  if (type === 'text/html') {
    const policy = ['Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'"]
    return textAnswer({
      status: refusal.status,
      headers: [...headers, ...policy],
      type: 'text/html; charset=utf-8',
      text: asHtml(refusal),
    })
  }
  return textAnswer({
    status: refusal.status,
    headers,
    type: 'application/problem+json',
    text: asJson(refusal),
  })
}

function refusalHeaders({ headers = [], retryAfter, code, status }: Refusal): string[] {
  const error = status < 500 ? 'http_request_denied' : 'destination_unavailable'
  return [
    // Tells a program that the proxy says this, and not the server it believes to talk to (RFC 9209 §2.1).
    ...['Proxy-Status', `Entrepot; error=${error}; details="${code}"`, 'Vary', 'Accept'],
    ...(retryAfter === undefined ? [] : ['Retry-After', String(Math.ceil(retryAfter))]),
    ...headers,
  ]
}

function title(status: number): string {
  return titles[status] ?? 'Not served'
}

function asText({ status, reason, url, link }: Refusal): string {
  const lines = [`Entrepôt: ${status} ${title(status)}`, reason]
  if (url !== undefined) lines.push(`URL: ${url}`)
  if (link !== undefined) lines.push(`${link.label}: ${link.url}`)
  return `${lines.join('\n')}\n`
}

function asJson({ status, code, reason, url, link, retryAfter }: Refusal): string {
  const problem = {
    type: `urn:entrepot:problem:${code.replaceAll('_', '-')}`,
    title: title(status),
    status,
    code,
    detail: reason,
    url,
    link: link?.url,
    retryAfter: retryAfter === undefined ? undefined : Math.ceil(retryAfter),
  }
  return `${JSON.stringify(problem)}\n`
}

const style = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
body{max-width:44rem;margin:12vh auto;padding:0 1.5rem}
code{word-break:break-all}
a{display:inline-block;margin-top:.5rem;font-weight:600}`

function asHtml({ status, reason, url, link }: Refusal): string {
  const place = url === undefined ? '' : `<p><code>${escapeHtml(url)}</code></p>`
  const action =
    link === undefined ? '' : `<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${status} ${title(status)} – Entrepôt</title><style>${style}</style></head>
<body><h1>${title(status)}</h1><p>${escapeHtml(reason)}</p>${place}${action}</body></html>
`
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that is safe inside HTML elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
