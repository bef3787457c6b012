import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { chunkKey, clusterBlobKey, UPLOADS } from '@/server/oci/blob-keys'

it('a blob lies where schedulers look for it', () => {
  const hex = `ab${'0'.repeat(62)}`
  expect(clusterBlobKey(`sha256:${hex}`)).toBe(`docker/registry/v2/blobs/sha256/ab/${hex}/data`)
  expect(clusterBlobKey(`sha512:${hex}${hex}`)).toBe(`docker/registry/v2/blobs/sha512/ab/${hex}${hex}/data`)
})

it.each(['', 'latest', '../../etc/passwd', `sha256:${'A'.repeat(64)}`, `sha256:../${'a'.repeat(61)}`])(
  'what is no digest has no place: %j',
  (text) => {
    expect(() => clusterBlobKey(text)).toThrow(TypeError)
  },
)

it('a chunk lies where the sweep looks for it', () => {
  const id = randomUUID()
  expect(chunkKey(id)).toBe(`${UPLOADS}/${id}`)
})
