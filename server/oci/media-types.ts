/** Media types of manifests: OCI image-spec 1.1 (media-types.md) and docker's image manifests, version 2. */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
export const DOCKER_SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+json'
export const DOCKER_SCHEMA1_SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
/** Of the release candidates of image-spec 1.1; tools of that time still have such manifests. */
export const OCI_ARTIFACT = 'application/vnd.oci.artifact.manifest.v1+json'

/** In the order a client would like them best. */
export const manifestTypes: readonly string[] = [
  OCI_INDEX,
  DOCKER_LIST,
  OCI_MANIFEST,
  DOCKER_MANIFEST,
  OCI_ARTIFACT,
  DOCKER_SCHEMA1_SIGNED,
  DOCKER_SCHEMA1,
]

const manifests = new Set(manifestTypes)

/** Whether a content of this type names other manifests. */
export function isIndex(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST
}

/** Whether a content of this type is a manifest of any kind. */
export function isManifest(mediaType: string): boolean {
  return manifests.has(mediaType)
}

/** Layers of these types may be left where their `urls` say (image-spec 1.0, “Non-Distributable Layers”; docker's foreign layers). */
export function isForeignLayer(mediaType: string): boolean {
  return /^application\/vnd\.(oci\.image\.layer\.nondistributable|docker\.image\.rootfs\.foreign)\./.test(
    mediaType,
  )
}
