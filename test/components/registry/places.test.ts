import { expect, it } from 'vitest'
import { accessHref, manifestHref, nodeHref, repositoryHref, writtenNode } from '@/components/registry/places'

const place = { cluster: 'hume', name: 'sys/admin/ubuntu' }

it('leads to the pages of the registry', () => {
  expect(repositoryHref(place)).toBe('/registry/hume/sys/admin/ubuntu')
  expect(repositoryHref(place, { tab: 'access' })).toBe('/registry/hume/sys/admin/ubuntu?tab=access')
  expect(manifestHref(place, 'sha256:ab')).toBe('/registry/hume/sys/admin/ubuntu?manifest=sha256%3Aab')
  expect(nodeHref('hume', '')).toBe('/registry?cluster=hume')
  expect(nodeHref('hume', 'sys/admin')).toBe('/registry?cluster=hume&path=sys%2Fadmin')
  expect(accessHref('hume', 'sys')).toBe('/registry/access?cluster=hume&path=sys')
})

it('writes nodes as people do', () => {
  expect([writtenNode(''), writtenNode('sys/admin')]).toEqual(['/', '//sys/admin'])
})
