import { describe, expect, it } from 'vitest'
import { addressOf, originOf } from '@/server/oci/access/request-origin'

const plain = { ENTREPOT_TRUSTED_PROXIES: [], ENTREPOT_PUBLIC_URL: undefined }
const behind = { ...plain, ENTREPOT_TRUSTED_PROXIES: ['10.0.0.0/8'] }
const peer = '192.0.2.1'

describe('the origin that a client knows', () => {
  it('is its Host, plain unless the connection is not', () => {
    expect(originOf({ host: 'example.org:5000', peer }, plain)).toEqual({
      scheme: 'http',
      host: 'example.org:5000',
    })
    expect(originOf({ host: '[::1]:5000', peer, isEncrypted: true }, plain)).toEqual({
      scheme: 'https',
      host: '[::1]:5000',
    })
  })

  it('is what a trusted proxy says, and nobody else', () => {
    const head = { host: 'inner:8080', forwardedHost: 'registry.example.org', forwardedProto: 'https' }
    expect(originOf({ ...head, peer: '10.1.2.3' }, behind)).toEqual({
      scheme: 'https',
      host: 'registry.example.org',
    })
    expect(originOf({ ...head, peer: '::ffff:10.1.2.3' }, behind)).toMatchObject({ scheme: 'https' })
    expect(originOf({ ...head, peer }, behind)).toEqual({ scheme: 'http', host: 'inner:8080' })
    expect(originOf({ ...head, peer: '10.1.2.3' }, plain)).toEqual({ scheme: 'http', host: 'inner:8080' })
  })

  it('is the last thing said, which the trusted proxy said itself', () => {
    const head = {
      host: 'inner',
      forwardedHost: 'evil.example, registry.example.org',
      forwardedProto: 'ftp, HTTPS',
    }
    expect(originOf({ ...head, peer: '10.1.2.3' }, behind)).toEqual({
      scheme: 'https',
      host: 'registry.example.org',
    })
  })

  it('has the scheme of the public URL where it is its host', () => {
    const env = { ...plain, ENTREPOT_PUBLIC_URL: 'https://entrepot.example.org' }
    expect(originOf({ host: 'Entrepot.example.org', peer }, env).scheme).toBe('https')
    expect(originOf({ host: 'entrepot.example.org:443', peer }, env).scheme).toBe('https')
    expect(originOf({ host: 'entrepot.example.org:8080', peer }, env).scheme).toBe('http')
    expect(originOf({ host: 'other.example.org', peer }, env).scheme).toBe('http')
  })

  it.each([
    'a"b',
    'a\r\nSet-Cookie: x=y',
    'a b',
    'a/b',
    'user@host',
    '',
    undefined,
    'ä.example',
    'a'.repeat(300),
  ])('is never what is no host: %j', (host) => {
    expect(originOf({ host, peer }, plain).host).toBe('localhost')
    const env = { ...behind, ENTREPOT_PUBLIC_URL: 'https://entrepot.example.org' }
    expect(originOf({ host, forwardedHost: host, peer: '10.1.2.3' }, env)).toEqual({
      scheme: 'https',
      host: 'entrepot.example.org',
    })
  })
})

describe('the address that failures count against', () => {
  it('is the peer, or the last that no trusted proxy wrote of another', () => {
    expect(addressOf(undefined, peer, plain)).toBe(peer)
    expect(addressOf('198.51.100.7', peer, plain)).toBe(peer)
    expect(addressOf('203.0.113.9, 198.51.100.7', '10.1.2.3', behind)).toBe('198.51.100.7')
  })
})
