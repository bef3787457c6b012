import { expect, it } from 'vitest'
import { imageFormOf } from '@/components/misses/image-of'

it('leads from a missed manifest to the form for images', () => {
  const at = (reference: string) => `https://quay.io/v2/a/b/manifests/${reference}`
  expect(imageFormOf(at('1.0'))).toBe('/images/declare?reference=quay.io%2Fa%2Fb%3A1.0')
  expect(imageFormOf(at('sha256:ab'))).toBe('/images/declare?reference=quay.io%2Fa%2Fb%40sha256%3Aab')
})

it('leaves all other URLs to the form for files', () => {
  expect(imageFormOf('https://quay.io/v2/a/b/blobs/sha256:ab')).toBeUndefined()
  expect(imageFormOf('https://example.org/manifests/1')).toBeUndefined()
})
