import { describe, expect, it } from 'vitest'
import { ImageTree, type Part } from '@/server/images/tree'
import { readManifest } from '@/server/oci/manifest'
import { type BuiltImage, buildImage, buildIndex } from '@/test/support/build-image'

/** A tree into which all of these manifests were read, from the top down. */
function treeOf(top: BuiltImage, chosen: string[] = []): ImageTree {
  const tree = new ImageTree(chosen)
  const place = { parent: undefined, kind: 'manifest', position: 0, wanted: true, optional: false } as const
  const queue = [tree.add(top, place)]
  for (let part = queue.shift(); part; part = queue.shift()) {
    const built = top.manifests.find(({ digest }) => digest === part?.digest)
    queue.push(...tree.grow(part, readManifest(built?.bytes ?? Buffer.alloc(0), undefined)))
  }
  return tree
}

const store = (part: Part | undefined) => {
  if (part) part.sha256 = part.digest.slice('sha256:'.length)
}

const [amd, arm] = [
  buildImage({ layers: ['shared', 'amd'] }),
  buildImage({ platform: 'linux/arm64', layers: ['shared', 'arm'] }),
]
const index = buildIndex([amd, arm])

describe('the tree of an image', () => {
  it('has each content once', () => {
    expect([...treeOf(index).parts.values()].map(({ kind }) => kind).sort()).toEqual([
      ...['config', 'config', 'index', 'layer', 'layer', 'layer', 'manifest', 'manifest'],
    ])
  })

  it('is whole from below: a manifest only with all that it names', () => {
    const tree = treeOf(index)
    const parts = [...tree.parts.values()]
    const whole = () => tree.whole().map(({ digest }) => digest)
    for (const part of parts) if (part.kind !== 'layer') store(part)
    expect(whole()).toEqual([])
    for (const { digest } of amd.blobs) store(tree.parts.get(digest))
    expect(whole()).toEqual([amd.digest])
    for (const part of parts) store(part)
    expect(whole().sort()).toEqual([index.digest, amd.digest, arm.digest].sort())
  })

  it('is whole without what was not chosen', () => {
    const tree = treeOf(index, ['linux/arm64'])
    for (const part of tree.parts.values()) if (part.wanted) store(part)
    expect(tree.whole().map(({ digest }) => digest)).toEqual([index.digest, arm.digest])
    expect(tree.parts.get(amd.digest)).toMatchObject({ wanted: false, platform: 'linux/amd64' })
    expect(() => tree.refuseUnmatched()).not.toThrow()
  })

  it('is not believed when it names one content with two sizes', () => {
    const [layer] = (amd.json.layers as { size: number }[]).slice(0, 1)
    const liar = buildIndex([amd, { ...arm, json: arm.json }])
    const tree = treeOf(liar)
    const named = { ...amd.blobs[1], size: (layer?.size ?? 0) + 1 } as never
    const place = { parent: undefined, kind: 'layer', position: 0, wanted: true, optional: false } as const
    expect(() => tree.add(named, place)).toThrow(/twice/)
  })

  it('has a limited depth', () => {
    let deep = amd
    for (let level = 0; level < 12; level += 1) deep = buildIndex([deep])
    expect(() => treeOf(deep)).toThrow(/levels/)
  })
})
