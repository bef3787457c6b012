import { describe, expect, it } from 'vitest'
import { kindOf, kindOfTag, layerFormat, shortDigest } from '@/components/registry/kinds'

const manifest = 'application/vnd.oci.image.manifest.v1+json'

describe('kindOf', () => {
  it.each([
    ['application/vnd.oci.image.index.v1+json', null, 'OCI index'],
    ['application/vnd.docker.distribution.manifest.list.v2+json', null, 'Docker manifest list'],
    [
      'application/vnd.docker.distribution.manifest.v2+json',
      'application/vnd.docker.container.image.v1+json',
      'Docker image',
    ],
    ['application/vnd.docker.distribution.manifest.v1+prettyjws', null, 'Docker image, first format'],
    [manifest, 'application/vnd.oci.image.config.v1+json', 'OCI image'],
    [manifest, null, 'OCI image'],
    [manifest, 'application/vnd.dev.sigstore.bundle.v0.3+json', 'Signature'],
    [manifest, 'application/vnd.in-toto+json', 'Attestation'],
    [manifest, 'application/spdx+json', 'SBOM, SPDX'],
    [manifest, 'application/vnd.cyclonedx+json', 'SBOM, CycloneDX'],
    [manifest, 'application/vnd.cncf.helm.config.v1+json', 'Helm chart'],
    [manifest, 'application/vnd.example.thing', 'Artifact'],
  ])('%s as %s is %s', (mediaType, artifactType, kind) => {
    expect(kindOf({ mediaType, artifactType })).toBe(kind)
  })
})

describe('kindOfTag', () => {
  const of = (name: string) => kindOfTag({ name, mediaType: manifest, artifactType: null })
  const base = `sha256-${'0'.repeat(64)}`

  it('reads tags that are made of a digest', () => {
    expect(of(base)).toBe('List of referrers')
    expect(of(`${base}.sig`)).toBe('Signature')
    expect(of(`${base}.att`)).toBe('Attestation')
    expect(of(`${base}.sbom`)).toBe('SBOM')
  })

  it('leaves all others to what they lead to', () => {
    expect(of('1.0')).toBe('OCI image')
    expect(of(`${base}.exe`)).toBe('OCI image')
    expect(of('sha256-abc.sig')).toBe('OCI image')
  })
})

it('layerFormat says how a layer is packed', () => {
  expect(layerFormat('application/vnd.oci.image.layer.v1.tar+gzip')).toBe('tar, gzip')
  expect(layerFormat('application/vnd.docker.image.rootfs.diff.tar.gzip')).toBe('tar, gzip')
  expect(layerFormat('application/vnd.oci.image.layer.v1.tar+zstd')).toBe('tar, zstd')
  expect(layerFormat('application/vnd.oci.image.layer.v1.tar')).toBe('tar')
  expect(layerFormat('application/vnd.example.thing')).toBe('example.thing')
})

it('shortDigest keeps twelve digits', () => {
  expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('sha256:abababababab')
})
