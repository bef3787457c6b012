import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from '@/server/http/answer'
import { escapeHtml, type Refusal, refuse, renderRefusal } from '@/server/proxy/refusal'

const refusal: Refusal = {
  status: 404,
  code: 'not_declared',
  reason: 'Nobody asked for <it>.',
  url: 'https://example.org/"><script>alert(1)</script>',
  link: { label: 'Declare it', url: 'https://entrepot.example.org/?a=1&b="' },
}
const header = ({ headers }: Answer, name: string) => headers[headers.indexOf(name) + 1]
const text = (answer: Answer) => String(answer.body)

describe('a refusal', () => {
  it('is short text for programs', () => {
    const answer = renderRefusal(refusal, '*/*')
    expect(header(answer, 'Content-Type')).toBe('text/plain; charset=utf-8')
    expect(text(answer)).toBe(
      'Entrepôt: 404 Not declared\nNobody asked for <it>.\n' +
        'URL: https://example.org/"><script>alert(1)</script>\n' +
        'Declare it: https://entrepot.example.org/?a=1&b="\n',
    )
    expect(header(answer, 'Content-Length')).toBe(String((answer.body as Buffer).length))
  })

  it('is a page for browsers, in which nothing of the request is markup', () => {
    const answer = renderRefusal(refusal, 'text/html,*/*;q=0.8')
    expect(header(answer, 'Content-Type')).toBe('text/html; charset=utf-8')
    expect(header(answer, 'Content-Security-Policy')).toContain("default-src 'none'")
    expect(text(answer)).not.toContain('<script')
    expect(text(answer)).toContain('Nobody asked for &lt;it&gt;.')
    expect(text(answer)).toContain('href="https://entrepot.example.org/?a=1&amp;b=&quot;"')
  })

  it.each(['application/json', 'application/problem+json'])('is a problem document for %s', (accept) => {
    const answer = renderRefusal({ ...refusal, retryAfter: 1.2 }, accept)
    expect(header(answer, 'Content-Type')).toBe('application/problem+json')
    expect(JSON.parse(text(answer))).toEqual({
      type: 'urn:entrepot:problem:not-declared',
      title: 'Not declared',
      status: 404,
      code: 'not_declared',
      detail: refusal.reason,
      url: refusal.url,
      link: refusal.link?.url,
      retryAfter: 2,
    })
  })

  it('is never cached, varies by Accept, and says that a proxy speaks', () => {
    const answer = renderRefusal({ ...refusal, status: 503, retryAfter: 9.5 }, undefined)
    expect(header(answer, 'Cache-Control')).toBe('no-store')
    expect(header(answer, 'Vary')).toBe('Accept')
    expect(header(answer, 'Retry-After')).toBe('10')
    expect(header(answer, 'Proxy-Status')).toBe(
      'Entrepot; error=destination_unavailable; details="not_declared"',
    )
  })

  it('has no body for HEAD, and the same fields', () => {
    const answer = refuse({ method: 'HEAD', fields: {} }, refusal)
    expect(answer.body).toBeUndefined()
    expect(answer.headers).toEqual(renderRefusal(refusal, undefined).headers)
  })
})

it('leaves no markup in escaped text', () => {
  fc.assert(fc.property(fc.string(), (any) => !/[<>"']/.test(escapeHtml(any))))
})
