import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { proxyAutoConfiguration } from '@/server/proxy/pac'

function find(pac: string, host: string): string {
  const isPlainHostName = (name: string) => !name.includes('.')
  return runInNewContext(`${pac};FindProxyForURL('http://${host}/', '${host}')`, { isPlainHostName })
}

it('sends everything but Entrepôt itself through the proxy, and offers no way around', () => {
  const pac = proxyAutoConfiguration({ proxy: 'proxy.example.org:3128', direct: ['entrepot.example.org'] })
  expect(find(pac, 'example.org')).toBe('PROXY proxy.example.org:3128')
  for (const host of ['entrepot.example.org', 'localhost', '127.0.0.1', 'intranet']) {
    expect(find(pac, host)).toBe('DIRECT')
  }
})

it('takes names as text, whatever is in them', () => {
  const pac = proxyAutoConfiguration({ proxy: 'a"; throw 1; "', direct: ['"]; throw 2; ["'] })
  expect(find(pac, 'example.org')).toBe('PROXY a"; throw 1; "')
})
