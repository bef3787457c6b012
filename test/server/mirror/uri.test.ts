import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { parseUri, tryParseUri } from '@/server/mirror/uri'

const message = (text: string) => {
  try {
    return `accepted as ${parseUri(text).uri}`
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect((error as AppError).code).toBe('invalid')
    return (error as AppError).message
  }
}

describe('the normal form', () => {
  it.each([
    // What is normal stays.
    ['https://example.org/a/b.tar.gz', 'https://example.org/a/b.tar.gz'],
    ['https://example.org/a?b=c&d=%20', 'https://example.org/a?b=c&d=%20'],
    // Scheme, host and port (RFC 3986 §6.2.2.1, §6.2.3).
    ['HTTPS://Example.ORG/Path', 'https://example.org/Path'],
    ['http://example.org:80/', 'http://example.org/'],
    ['https://example.org:443/', 'https://example.org/'],
    ['https://example.org:80/', 'https://example.org:80/'],
    ['http://example.org:/', 'http://example.org/'],
    ['http://example.org:08080/', 'http://example.org:8080/'],
    ['http://example.org./a', 'http://example.org/a'],
    // An empty path is the root; an empty query is not none.
    ['https://example.org', 'https://example.org/'],
    ['https://example.org?a', 'https://example.org/?a'],
    ['https://example.org/a?', 'https://example.org/a?'],
    // Dot segments (RFC 3986 §5.2.4), also encoded ones; empty segments stay.
    ['https://example.org/a/./b/../c', 'https://example.org/a/c'],
    ['https://example.org/../../a', 'https://example.org/a'],
    ['https://example.org/a/..', 'https://example.org/'],
    ['https://example.org/a/.', 'https://example.org/a/'],
    ['https://example.org/a/%2e%2E/b', 'https://example.org/b'],
    ['https://example.org//a///b', 'https://example.org//a///b'],
    ['https://example.org/a//../b', 'https://example.org/a/b'],
    ['https://example.org/a?b=../c', 'https://example.org/a?b=../c'],
    ['https://example.org/...', 'https://example.org/...'],
    // Percent-encoding (RFC 3986 §6.2.2.1, §6.2.2.2): upper case, unreserved decoded, the rest apart.
    ['https://example.org/%7euser/%61%2d%5F', 'https://example.org/~user/a-_'],
    ['https://example.org/a%2fb', 'https://example.org/a%2Fb'],
    ['https://example.org/c%2b%2b', 'https://example.org/c%2B%2B'],
    ['https://example.org/c++', 'https://example.org/c++'],
    ['https://example.org/a%2520b', 'https://example.org/a%2520b'],
    ['https://example.org/a?q=%e2%82%ac%2E', 'https://example.org/a?q=%E2%82%AC.'],
    // What a URI may not hold is encoded, so that both spellings meet.
    ['https://example.org/ü|"<>{}^`[]', 'https://example.org/%C3%BC%7C%22%3C%3E%7B%7D%5E%60%5B%5D'],
    ['https://example.org/a?b[]=1', 'https://example.org/a?b%5B%5D=1'],
    ['https://example.org/😀', 'https://example.org/%F0%9F%98%80'],
    ["https://example.org/!$&'()*+,;=:@-._~", "https://example.org/!$&'()*+,;=:@-._~"],
    // Hosts.
    ['https://Bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example/'],
    ['https://faß.example/', 'https://xn--fa-hia.example/'],
    ['http://my_bucket.example.org/', 'http://my_bucket.example.org/'],
    ['http://192.0.2.1:8080/', 'http://192.0.2.1:8080/'],
    ['http://[2001:DB8:0:0::1]/', 'http://[2001:db8::1]/'],
    ['http://[::FFFF:192.0.2.1]:81/', 'http://[::ffff:c000:201]:81/'],
    ['http://localhost/', 'http://localhost/'],
    ['http://１９２.０.２.１/', 'http://192.0.2.1/'],
  ])('of %s is %s', (text, expected) => {
    expect(parseUri(text).uri).toBe(expected)
  })

  it('comes in parts as well', () => {
    expect(parseUri('HTTPS://Example.org:8443/a/../b?c')).toEqual({
      uri: 'https://example.org:8443/b?c',
      host: 'example.org:8443',
      scheme: 'https',
      target: '/b?c',
    })
    expect(parseUri('http://[::1]:80').host).toBe('[::1]')
  })
})

describe('what is refused', () => {
  it.each([
    ['', /whole URL/],
    ['example.org/a', /whole URL/],
    ['//example.org/a', /whole URL/],
    ['https:/example.org', /whole URL/],
    ['https:example.org', /whole URL/],
    ['javascript:alert(1)', /whole URL/],
    ['ftp://example.org/a', /Only http and https/],
    ['file:///etc/passwd', /Only http and https/],
    ['https://', /no host/],
    ['https:///a', /no host/],
    ['https://:443/', /no host/],
    ['https://user:secret@example.org/', /user name and password/],
    ['https://user@example.org/', /user name and password/],
    ['https://@example.org/', /user name and password/],
    ['https://example.org@evil.test/', /user name and password/],
    ['https://example.org/a#b', /“#”/],
    ['https://example.org/#', /“#”/],
    ['https://example.org/a b', /space/],
    [' https://example.org/', /space/],
    ['https://example.org/\n', /space/],
    ['https://exa\tmple.org/', /space/],
    ['https://example.org/a\0', /space/],
    ['https://example.org/a\u200bb', /invisible/],
    ['https://example.org/\u202egpj.exe', /invisible/],
    ['https://example.org/\u00a0', /space/],
    ['https://example.org/\ud800', /invisible/],
    ['https://example.org\\a', /backslash/],
    ['https://example.org/a\\b', /backslash/],
    ['https://example.org/%', /“%”/],
    ['https://example.org/%2', /“%”/],
    ['https://example.org/%zz', /“%”/],
    ['https://example.org/?a=%%41', /“%”/],
    ['https://example.org:0/', /not a port/],
    ['https://example.org:65536/', /not a port/],
    ['https://example.org:-1/', /not a port/],
    ['https://example.org:https/', /not a port/],
    ['https://example.org:1:2/', /not a host|not a port/],
    ['https://exa_mple-.org/', /not a host/],
    ['https://-example.org/', /not a host/],
    ['https://example..org/', /not a host/],
    ['https://.example.org/', /not a host/],
    ['https://exam%70le.org/', /not a host/],
    ['https://example.org;a/', /not a host/],
    ['https://xn--a/', /not a host/],
    [`https://${'a'.repeat(64)}.org/`, /not a host/],
    [`https://${'a.'.repeat(130)}org/`, /not a host/],
    // Forms of IPv4 that programs read differently.
    ['http://127.1/', /not a host/],
    ['http://2130706433/', /not a host/],
    ['http://0x7f.0.0.1/', /not a host/],
    ['http://0x7f000001/', /not a host/],
    ['http://0177.0.0.1/', /not a host/],
    ['http://1.2.3.4.5/', /not a host/],
    ['http://256.0.0.1/', /not a host/],
    ['http://[::1/', /not a host|not an IPv6|no host/],
    ['http://[127.0.0.1]/', /not an IPv6/],
    ['http://[fe80::1%25eth0]/', /not an IPv6/],
    ['http://[::1]x/', /not an IPv6/],
    [`https://example.org/${'a'.repeat(2048)}`, /longer than 2,048/],
    [`https://example.org/${'ü'.repeat(400)}`, /longer than 2,048/],
  ])('%j', (text, expected) => {
    expect(message(text)).toMatch(expected)
  })

  it('gives undefined where nobody is to be told', () => {
    expect(tryParseUri('ftp://example.org/')).toBeUndefined()
    expect(tryParseUri('https://example.org')?.uri).toBe('https://example.org/')
  })
})

describe('for any text', () => {
  const near = fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc
      .tuple(
        fc.constantFrom('http://', 'https://', 'HTTP://', 'https:/', 'ftp://'),
        fc.oneof(
          fc.domain(),
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
          fc.string({ maxLength: 12 }),
        ),
        fc.oneof(
          fc.constant(''),
          fc.nat(70_000).map((port) => `:${port}`),
        ),
        fc
          .array(
            fc.constantFrom(
              '/',
              '.',
              '..',
              '%2e',
              '%2F',
              '%7E',
              'a',
              '~',
              '+',
              '?',
              '&',
              '=',
              '[',
              '|',
              'ü',
              '€',
              '%',
            ),
            {
              maxLength: 20,
            },
          )
          .map((parts) => `/${parts.join('')}`),
      )
      .map((parts) => parts.join('')),
  )

  it('the normal form is its own normal form, and every URL parser reads the same host from it', () => {
    let accepted = 0
    fc.assert(
      fc.property(near, (text) => {
        const uri = tryParseUri(text)
        if (!uri) return
        accepted += 1
        expect(parseUri(uri.uri)).toEqual(uri)
        expect(uri.uri).toMatch(/^https?:\/\/[\x21-\x7e]+$/)
        expect(new URL(uri.uri).host).toBe(uri.host)
        expect(new URL(uri.uri).username).toBe('')
      }),
      { numRuns: 3000 },
    )
    expect(accepted).toBeGreaterThan(300)
  })

  it('nothing but AppError is thrown', () => {
    fc.assert(
      fc.property(near, (text) => {
        message(text)
      }),
      { numRuns: 3000 },
    )
  })

  it('spelling an unreserved character by its code changes nothing', () => {
    const character = fc.constantFrom(...'abcXYZ019-_~')
    fc.assert(
      fc.property(fc.array(fc.tuple(character, fc.boolean()), { minLength: 1 }), (characters) => {
        const plain = characters.map(([each]) => each).join('')
        const coded = characters.map(([each, isCoded]) =>
          isCoded ? `%${each.charCodeAt(0).toString(16)}` : each,
        )
        expect(parseUri(`https://example.org/${coded.join('')}`).uri).toBe(`https://example.org/${plain}`)
      }),
    )
  })
})
