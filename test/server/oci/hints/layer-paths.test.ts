import { describe, expect, it } from 'vitest'
import { clusterBlobKey } from '@/server/oci/blob-keys'
import { layerPaths } from '@/server/oci/hints/layer-paths'
import { type ReadManifest, readManifest } from '@/server/oci/manifest'
import { DOCKER_SCHEMA1 } from '@/server/oci/media-types'
import { type BuiltImage, buildArtifact, buildBlob, buildImage, buildIndex } from '@/test/support/build-image'

const place = (digest: string) => `//sys/registry/${clusterBlobKey(digest)}`

/** As if all these had been pushed. */
function pathsOf(image: BuiltImage, ...pushed: BuiltImage[]) {
  const known = new Map<string, ReadManifest>()
  for (const { digest, bytes, mediaType } of [image, ...pushed].flatMap(({ manifests }) => manifests)) {
    known.set(digest, readManifest(bytes, mediaType))
  }
  return layerPaths(readManifest(image.bytes, image.mediaType), {
    place,
    child: (digest) => known.get(digest),
  })
}

const layersOf = (image: BuiltImage) => image.blobs.slice(1).map(({ digest }) => place(digest))

describe('layer paths', () => {
  it.each(['oci', 'docker'] as const)('of an image (%s) are those of its layers, in order', (format) => {
    const image = buildImage({ format, layers: ['one', 'two', 'three'] })
    expect(pathsOf(image)).toEqual(layersOf(image))
    expect(layersOf(image)[0]).toMatch(
      /^\/\/sys\/registry\/docker\/registry\/v2\/blobs\/sha256\/([0-9a-f]{2})\/\1[0-9a-f]{62}\/data$/,
    )
  })

  it('of docker’s first format are in the order of its manifest', () => {
    const blobs = ['top', 'middle', 'bottom'].map((text) => buildBlob(Buffer.from(text), 'x').digest)
    const content = {
      schemaVersion: 1,
      name: 'a/b',
      tag: 'c',
      fsLayers: blobs.map((blobSum) => ({ blobSum })),
    }
    const manifest = readManifest(Buffer.from(JSON.stringify(content)), DOCKER_SCHEMA1)
    expect(layerPaths(manifest, { place, child: () => undefined })).toEqual(blobs.map(place))
  })

  it('of sha512 go by the name of their algorithm', () => {
    const image = buildImage({ algorithm: 'sha512' })
    expect(pathsOf(image)).toEqual([expect.stringContaining('/blobs/sha512/')])
  })

  it.each(['oci', 'docker'] as const)('of an index (%s) are one list for each platform', (format) => {
    const amd = buildImage({ format, platform: 'linux/amd64', layers: ['a', 'b'] })
    const arm = buildImage({ format, platform: 'linux/arm/v7', layers: ['a', 'c'] })
    expect(pathsOf(buildIndex([amd, arm], { format }))).toEqual({
      'linux/amd64': layersOf(amd),
      'linux/arm/v7': layersOf(arm),
    })
  })

  it('of an index in an index are found, and what is missing or no image is not', () => {
    const amd = buildImage({ platform: 'linux/amd64', layers: ['a'] })
    const arm = buildImage({ platform: 'linux/arm64', layers: ['b'] })
    const absent = buildImage({ platform: 'linux/s390x' })
    const statement = {
      ...buildArtifact({ artifactType: 'application/vnd.in-toto' }),
      platform: 'unknown/unknown',
    }
    const signature = buildArtifact({ artifactType: 'application/vnd.signature' })
    const outer = buildIndex([buildIndex([arm]), amd, absent, statement, signature])
    const manifests = outer.manifests.filter(({ digest }) => digest !== absent.digest)
    expect(pathsOf({ ...outer, manifests })).toEqual({
      'linux/arm64': layersOf(arm),
      'linux/amd64': layersOf(amd),
    })
  })

  it('of an image without a platform go by its digest, and of two with one platform the first counts', () => {
    const { platform: _, ...plain } = buildImage({ layers: ['plain'] })
    const first = buildImage({ platform: 'windows/amd64', layers: ['2019'] })
    const second = buildImage({ platform: 'windows/amd64', layers: ['2022'] })
    expect(pathsOf(buildIndex([plain, first, second]))).toEqual({
      [plain.digest]: layersOf(plain),
      'windows/amd64': layersOf(first),
    })
  })

  it('of a signature under a tag are those of what it is made of', () => {
    const signature = buildArtifact({ artifactType: 'application/vnd.signature' })
    expect(pathsOf(signature)).toEqual(layersOf(signature))
  })

  it('end where indexes go on for ever', () => {
    let index = buildIndex([buildImage()])
    for (let depth = 0; depth < 20; depth += 1) index = buildIndex([index])
    expect(pathsOf(index)).toEqual({})
  })
})
