/** What kind of thing a manifest is, as people say it. */
export function kindOf({
  mediaType,
  artifactType,
}: {
  mediaType: string
  artifactType: string | null
}): string {
  const known = artifactType === null ? undefined : artifactKind(artifactType)
  if (known !== undefined) return known
  if (/manifest\.list/.test(mediaType)) return 'Docker manifest list'
  if (/image\.index/.test(mediaType)) return 'OCI index'
  if (/distribution\.manifest\.v1/.test(mediaType)) return 'Docker image, first format'
  if (/distribution\.manifest\.v2/.test(mediaType)) return 'Docker image'
  return isImageConfig(artifactType) ? 'OCI image' : 'Artifact'
}

const tagged: Record<string, string> = {
  '': 'List of referrers',
  '.sig': 'Signature',
  '.att': 'Attestation',
  '.sbom': 'SBOM',
}

/** The kind of what a tag leads to; tags made of a digest say it themselves (distribution-spec 1.1, cosign). */
export function kindOfTag(tag: { name: string; mediaType: string; artifactType: string | null }): string {
  const [, suffix] = /^sha(?:256|512)-[0-9a-f]{64}(\.sig|\.att|\.sbom|)$/.exec(tag.name) ?? []
  return (suffix === undefined ? undefined : tagged[suffix]) ?? kindOf(tag)
}

function isImageConfig(artifactType: string | null): boolean {
  return artifactType === null || /^application\/vnd\.(oci|docker)\.(container\.)?image/.test(artifactType)
}

const artifacts: [pattern: RegExp, kind: string][] = [
  [/cosign.*(\.sig\.|simplesigning)|notary.*signature|sigstore\.bundle/, 'Signature'],
  [/cosign.*\.att\.|in-toto|dsse/, 'Attestation'],
  [/spdx/, 'SBOM, SPDX'],
  [/cyclonedx/, 'SBOM, CycloneDX'],
  [/cosign.*\.sbom\.|syft|sbom/, 'SBOM'],
  [/helm/, 'Helm chart'],
  [/wasm/, 'WebAssembly module'],
]

/** A known kind of artifact; undefined for images and what nobody has named yet. */
function artifactKind(artifactType: string): string | undefined {
  return artifacts.find(([pattern]) => pattern.test(artifactType))?.[1]
}

/** How a layer is packed: `tar, gzip`. */
export function layerFormat(mediaType: string): string {
  if (/diff\.tar\.gzip|tar\+gzip|diff\+x-gtar/.test(mediaType)) return 'tar, gzip'
  if (/tar\+zstd|tar\.zstd/.test(mediaType)) return 'tar, zstd'
  if (/\.tar$|diff\.tar|layer\.v1\.tar/.test(mediaType)) return 'tar'
  return mediaType.replace(/^application\/(vnd\.)?/, '')
}

/** The first digits of a digest, as tools show them. */
export function shortDigest(digest: string): string {
  const [algorithm, hex = ''] = digest.split(':')
  return `${algorithm}:${hex.slice(0, 12)}`
}
