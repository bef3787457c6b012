import type { LookupAddress } from 'node:dns'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { parseEnv } from '@/server/env'
import { AppError } from '@/server/errors'
import { openUpstreamAgent, type Resolve, upstreamAgent } from '@/server/mirror/upstream-agent'
import { type Answer, askUpstream } from '@/server/mirror/upstream-request'
import { parseUri } from '@/server/mirror/uri'
import { type ForwardProxy, startForwardProxy } from '@/test/support/forward-proxy'
import { makeTestTls } from '@/test/support/tls'
import { ok, startUpstream } from '@/test/support/upstream'

const tls = makeTestTls()
const upstream = await startUpstream()
const secure = await startUpstream({ tls: tls.misnamed })
const [port, securePort] = [upstream, secure].map(({ origin }) => new URL(origin).port)
upstream.route('/a', ok(Buffer.from('plain')))
secure.route('/a', ok(Buffer.from('secure')))

const proxies: ForwardProxy[] = []
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))
})
afterAll(() => Promise.all([upstream.close(), secure.close()]))

const settings = (variables: Record<string, string> = {}) =>
  parseEnv({ ENTREPOT_UPSTREAM_ALLOW: '127.0.0.1/32', ENTREPOT_UPSTREAM_CA: tls.caFile, ...variables })

/** Answers each look-up with the next of these lists, and remembers the names. */
function resolver(...answers: string[][]) {
  const names: string[] = []
  const resolve = ((
    name: string,
    _options: unknown,
    callback: (error: Error | null, found: LookupAddress[]) => void,
  ) => {
    const addresses = answers[Math.min(names.length, answers.length - 1)] ?? []
    names.push(name)
    const missing = Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    callback(addresses.length === 0 ? missing : null, found)
  }) as unknown as Resolve
  return { resolve, names }
}

async function get(agent: ReturnType<typeof openUpstreamAgent>, url: string): Promise<string> {
  const question = { uri: parseUri(url), signal: AbortSignal.timeout(100_000), stallSeconds: 60 }
  let answer: Answer | undefined
  try {
    answer = await askUpstream(agent, question)
    return (await buffer(answer.body)).toString()
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`
    throw error
  } finally {
    answer?.close()
  }
}

describe('connecting', () => {
  it('goes to the address that was checked, and keeps the name for Host', async () => {
    const { resolve, names } = resolver(['127.0.0.1'])
    expect(await get(openUpstreamAgent(settings(), resolve), `http://files.example.org:${port}/a`)).toBe(
      'plain',
    )
    expect(names).toEqual(['files.example.org'])
    expect(upstream.requests.at(-1)?.headers.host).toBe(`files.example.org:${port}`)
  })

  it('keeps the name for the certificate', async () => {
    const { resolve } = resolver(['127.0.0.1'])
    const agent = openUpstreamAgent(settings(), resolve)
    expect(await get(agent, `https://elsewhere.example.org:${securePort}/a`)).toBe('secure')
    expect(await get(agent, `https://files.example.org:${securePort}/a`)).toMatch(/is for another name/)
  })

  it('asks for the address once, so that a second answer cannot lead elsewhere', async () => {
    const { resolve, names } = resolver(['127.0.0.1'], ['10.0.0.1'])
    const agent = openUpstreamAgent(settings(), resolve)
    expect(await get(agent, `http://rebind.example.org:${port}/a`)).toBe('plain')
    expect(names).toHaveLength(1)
    // The next request is judged by its own answer.
    expect(await get(agent, `http://rebind.example.org:${port}/a`)).toBe(
      'upstream_refused: rebind.example.org leads to 10.0.0.1, an address inside a network, ' +
        'which fetches may not reach. An administrator can allow it.',
    )
  })

  it.each([
    ['one of several', ['127.0.0.1', '10.0.0.1']],
    ['an IPv6 one', ['fd00::1']],
    ['one in disguise', ['::ffff:10.0.0.1']],
    ['a metadata service', ['169.254.169.254']],
  ])('is refused when the name leads inside a network by %s', async (_name, addresses) => {
    const before = upstream.connections
    const { resolve } = resolver(addresses)
    expect(await get(openUpstreamAgent(settings(), resolve), `http://inside.example.org:${port}/a`)).toMatch(
      /^upstream_refused: inside\.example\.org leads to .* an address inside a network/,
    )
    expect(upstream.connections).toBe(before)
  })

  it('is refused for a literal address, which is never looked up', async () => {
    const { resolve, names } = resolver([])
    const agent = openUpstreamAgent(settings({ ENTREPOT_UPSTREAM_ALLOW: '' }), resolve)
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '169.254.169.254']) {
      expect(await get(agent, `http://${host}:${port}/a`)).toMatch(
        /^upstream_refused: .* is an address inside/,
      )
    }
    expect(names).toEqual([])
  })

  it('tries the next address when the first does not answer', async () => {
    const { resolve } = resolver(['127.0.0.2', '127.0.0.1'])
    const agent = openUpstreamAgent(settings({ ENTREPOT_UPSTREAM_ALLOW: '127.0.0.0/8' }), resolve)
    expect(await get(agent, `http://both.example.org:${port}/a`)).toBe('plain')
  })

  it('fails for a name without an address', async () => {
    const { resolve } = resolver([])
    expect(await get(openUpstreamAgent(settings(), resolve), 'http://nowhere.example.org/')).toBe(
      'upstream_unreachable: The name of nowhere.example.org cannot be resolved.',
    )
  })

  it('has one agent for one environment', () => {
    const env = settings()
    expect(upstreamAgent(env)).toBe(upstreamAgent(env))
    expect(upstreamAgent(env)).not.toBe(upstreamAgent(settings()))
  })
})

describe('through an upstream proxy', () => {
  async function through(route: Record<string, string>, ...answers: string[][]) {
    const proxy = await startForwardProxy(route)
    proxies.push(proxy)
    const agent = openUpstreamAgent(
      settings({ ENTREPOT_UPSTREAM_PROXY: proxy.url }),
      resolver(...answers).resolve,
    )
    return { proxy, agent }
  }
  const here = (onPort: string | undefined) => `127.0.0.1:${onPort}`

  it('plain HTTP is asked for by its whole URL, for names that only the proxy knows too', async () => {
    const { proxy, agent } = await through({ 'files.example.org:80': here(port) }, [])
    expect(await get(agent, 'http://files.example.org/a')).toBe('plain')
    expect(proxy.asked).toEqual(['http://files.example.org/a'])
  })

  it('HTTPS goes through a tunnel, and is verified at its end', async () => {
    const names = ['elsewhere.example.org:443', 'files.example.org:443']
    const { proxy, agent } = await through(
      Object.fromEntries(names.map((name) => [name, here(securePort)])),
      [],
    )
    expect(await get(agent, 'https://elsewhere.example.org/a')).toBe('secure')
    expect(await get(agent, 'https://files.example.org/a')).toMatch(
      /^upstream_refused: .* is for another name/,
    )
    expect(proxy.asked).toEqual(names.map((name) => `CONNECT ${name}`))
  })

  it('what leads inside a network, as far as can be seen from here, is not even asked for', async () => {
    const { proxy, agent } = await through({}, ['10.0.0.1'])
    expect(await get(agent, 'http://10.0.0.1/a')).toMatch(
      /^upstream_refused: 10\.0\.0\.1 is an address inside/,
    )
    expect(await get(agent, 'http://inside.example.org/a')).toMatch(
      /^upstream_refused: inside\.example\.org leads/,
    )
    expect(proxy.asked).toEqual([])
  })

  it('a refusal of the proxy is told as such', async () => {
    const { agent } = await through({}, [])
    expect(await get(agent, 'https://files.example.org/a')).toBe(
      'upstream_unreachable: The upstream proxy did not let the connection to files.example.org through.',
    )
  })
})
