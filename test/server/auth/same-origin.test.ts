import { describe, expect, it } from 'vitest'
import { requireSameOrigin } from '@/server/auth/same-origin'

const PUBLIC = 'https://entrepot.example.org'
const request = (headers: Record<string, string>, method = 'POST') =>
  new Request('http://localhost:3000/api/v1/teams', {
    method,
    headers: { host: 'localhost:3000', ...headers },
  })
const check = (headers: Record<string, string>, method?: string) => () =>
  requireSameOrigin(request(headers, method), PUBLIC)

describe('requireSameOrigin', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ origin: 'http://localhost:3000' }],
    [{ origin: PUBLIC }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }],
  ])('lets a change from our own pages pass: %j', (headers) => expect(check(headers)).not.toThrow())

  it.each([
    [{}],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.test' }],
    [{ 'sec-fetch-site': 'same-site', origin: PUBLIC }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'https://evil.example.test' }],
    [{ origin: 'http://localhost:3001' }],
    [{ origin: 'null' }],
    [{ origin: 'https://entrepot.example.org.evil.example.test' }],
  ])('refuses a change from elsewhere: %j', (headers) => expect(check(headers)).toThrow(/another site/))

  it('lets reading pass from anywhere', () => {
    expect(check({ origin: 'https://evil.example.test' }, 'GET')).not.toThrow()
  })
})
