import { describe, expect, it } from 'vitest'
import { parseEnv, proxyAddress, publicUrl } from '@/server/env'

describe('parseEnv', () => {
  it('works with nothing set', () => {
    const env = parseEnv({})
    expect(env).toMatchObject({
      ENTREPOT_WEB_PORT: 3000,
      ENTREPOT_PROXY_PORT: 3128,
      ENTREPOT_UPSTREAM_ALLOW: [],
    })
  })

  it('counts empty strings as unset, as compose files write them', () => {
    expect(parseEnv({ DATABASE_URL: '', ENTREPOT_WEB_PORT: '' }).ENTREPOT_WEB_PORT).toBe(3000)
  })

  it('lists every problem at once, naming the variables', () => {
    const bad = {
      ENTREPOT_WEB_PORT: '70000',
      DATABASE_URL: 'mysql://x',
      ENTREPOT_UPSTREAM_ALLOW: '10.0.0.0/40',
    }
    expect(() => parseEnv(bad)).toThrow(/ENTREPOT_WEB_PORT[\s\S]*|DATABASE_URL/)
    for (const name of Object.keys(bad)) expect(() => parseEnv(bad)).toThrow(name)
  })

  it.each([
    ['10.0.0.0/8 192.168.1.5', ['10.0.0.0/8', '192.168.1.5']],
    ['10.0.0.0/8,fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
    [' ', []],
  ])('reads the CIDR list %j', (given, expected) => {
    expect(parseEnv({ ENTREPOT_UPSTREAM_ALLOW: given }).ENTREPOT_UPSTREAM_ALLOW).toEqual(expected)
  })

  it('refuses networks and drivers of moves that are none', () => {
    expect(parseEnv({ ENTREPOT_DMOVE_NETWORKS: '10.0.0.0/8' }).ENTREPOT_DMOVE_NETWORKS).toEqual([
      '10.0.0.0/8',
    ])
    expect(parseEnv({}).ENTREPOT_DMOVE_NETWORKS).toEqual([])
    expect(() => parseEnv({ ENTREPOT_DMOVE_NETWORKS: 'everybody' })).toThrow('ENTREPOT_DMOVE_NETWORKS')
    expect(() => parseEnv({ ENTREPOT_DMOVE_UPSTREAM: 'ftp://x' })).toThrow('ENTREPOT_DMOVE_UPSTREAM')
    expect(parseEnv({ ENTREPOT_DMOVE_UPSTREAM: 'http://x/y/' }).ENTREPOT_DMOVE_UPSTREAM).toBe('http://x/y')
  })

  it.each(['short', 'ent_short', 'xent_aaaaaaaaaaaaaaaaaaaaaaaa'])('refuses the token %j', (token) => {
    expect(() => parseEnv({ ENTREPOT_ADMIN_TOKEN: token })).toThrow('ENTREPOT_ADMIN_TOKEN')
  })
})

describe('single sign-on', () => {
  const whole = {
    ENTREPOT_OIDC_ISSUER: 'https://id.example.org',
    ENTREPOT_OIDC_CLIENT_ID: 'entrepot',
    ENTREPOT_OIDC_CLIENT_SECRET: 'secret',
  }
  it('is set up whole, or not at all', () => {
    expect(parseEnv(whole).ENTREPOT_OIDC_CLIENT_ID).toBe('entrepot')
    for (const name of Object.keys(whole)) {
      expect(() => parseEnv({ ...whole, [name]: '' })).toThrow(`${name}: must be given with the others`)
    }
  })
})

describe('addresses for people', () => {
  it.each([
    [{}, 'http://127.0.0.1:3000', '127.0.0.1:3128'],
    [{ ENTREPOT_HOST: '0.0.0.0' }, 'http://localhost:3000', 'localhost:3128'],
    [{ ENTREPOT_HOST: '::1' }, 'http://[::1]:3000', '[::1]:3128'],
    [
      { ENTREPOT_PUBLIC_URL: 'https://depot.example.org/' },
      'https://depot.example.org',
      'depot.example.org:3128',
    ],
  ])('%j', (given, portal, proxy) => {
    const env = parseEnv(given as Record<string, string>)
    expect(publicUrl(env)).toBe(portal)
    expect(proxyAddress(env)).toBe(proxy)
  })
})
