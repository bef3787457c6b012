import { AppError } from '@/server/errors'
import { isChosen, refuseUnmatched } from '@/server/images/platforms'
import type { Descriptor, ReadManifest } from '@/server/oci/manifest'
import { isIndex, isManifest } from '@/server/oci/media-types'

export type PartKind = 'index' | 'manifest' | 'config' | 'layer' | 'blob'

/** One content of an image. */
export interface Part {
  digest: string
  kind: PartKind
  mediaType: string
  /** In bytes; null where the manifest does not say (docker's first format). */
  size: number | null
  /** The manifest that first names it. */
  parentDigest: string | null
  position: number
  platform: string | null
  /** False for platforms that were not chosen, and for what its registry does not have. */
  wanted: boolean
  /** Of a referrer or a signature: that its registry cannot deliver it spoils nothing. */
  optional: boolean
  /** How many manifests are between it and the top. */
  depth: number
  subject: string | null
  artifactType: string | null
  annotations: Record<string, string> | null
  /** What it names, once it has been read. */
  children: string[] | undefined
  /** Its content, where the manifest brings it along. */
  data: Buffer | undefined
  /** Where a foreign layer is besides. */
  urls: readonly string[]
  /** Of the bytes, once they are in the store. */
  sha256: string | undefined
}

/** An image that has more is refused: somebody plays with us. */
export const MAX_PARTS = 20_000
const MAX_DEPTH = 8

type Named = Omit<Descriptor, 'size'> & { size: number | null }

interface Place {
  parent: Part | undefined
  kind: PartKind
  position: number
  wanted: boolean
  optional: boolean
}

/** All that belongs to an image, each content once. Pure. */
export class ImageTree {
  readonly parts = new Map<string, Part>()
  /** `sha256-<hex>` and cosign's tags. */
  readonly tags = new Map<string, string>()
  readonly #platforms = new Set<string>()

  /** @param chosen `os/arch[/variant]`; empty for all. */
  constructor(readonly chosen: readonly string[]) {}

  /**
   * The part that a descriptor names: a new one, or the one that is known by this digest.
   * @throws AppError `invalid` when two manifests say different sizes; `too_large`.
   */
  add(descriptor: Named, place: Place): Part {
    const { digest, mediaType, size, platform = null, data, urls = [] } = descriptor
    const known = this.parts.get(digest)
    if (known) {
      known.size ??= size
      if (size !== null && known.size !== size) {
        throw new AppError(
          'invalid',
          `The image names ${digest} twice, with ${known.size} and with ${size} bytes.`,
        )
      }
      known.wanted ||= place.wanted
      known.optional &&= place.optional
      return known
    }
    const depth = (place.parent?.depth ?? -1) + 1
    if (depth > MAX_DEPTH) throw new AppError('too_large', `The image has more than ${MAX_DEPTH} levels.`)
    if (this.parts.size >= MAX_PARTS) {
      throw new AppError('too_large', `The image has more than ${MAX_PARTS.toLocaleString('en')} parts.`)
    }
    const part: Part = {
      ...{ digest, mediaType, size, platform, data, urls, depth },
      ...{ kind: place.kind, position: place.position, wanted: place.wanted, optional: place.optional },
      parentDigest: place.parent?.digest ?? null,
      subject: null,
      artifactType: descriptor.artifactType ?? null,
      annotations: descriptor.annotations ?? null,
      children: undefined,
      sha256: undefined,
    }
    this.parts.set(digest, part)
    return part
  }

  /**
   * Takes up what a manifest names, once it has been read.
   * @returns the manifests among it that are wanted.
   */
  grow(part: Part, read: ReadManifest): Part[] {
    part.mediaType = read.mediaType
    part.kind = read.kind === 'index' ? 'index' : 'manifest'
    part.subject = read.subject?.digest ?? null
    part.artifactType = read.artifactType ?? null
    part.annotations = read.annotations ?? null
    const children = read.kind === 'index' ? this.#addManifests(part, read) : this.#addBlobs(part, read)
    part.children = [...new Set(children.map(({ digest }) => digest))]
    return children.filter(({ kind, wanted }) => wanted && isManifestKind(kind))
  }

  #addBlobs(parent: Part, { config, layers, kind }: ReadManifest): Part[] {
    const place = { parent, wanted: true, optional: parent.optional }
    const first = config ? [this.add(config, { ...place, kind: 'config', position: 0 })] : []
    // An artifact manifest has blobs of any kind, and no config; docker's first format says no sizes.
    const layerKind = kind === 'image' && config === undefined ? 'blob' : 'layer'
    const below = layers.map((layer, index) => {
      const size = kind === 'schema1' ? null : layer.size
      return this.add({ ...layer, size }, { ...place, kind: layerKind, position: index + 1 })
    })
    return [...first, ...below]
  }

  #addManifests(parent: Part, { manifests }: ReadManifest): Part[] {
    const taken = new Set(manifests.filter((child) => this.#isTaken(child)).map(({ digest }) => digest))
    return manifests.map((child, position) => {
      if (child.platform !== undefined && !isAttestation(child)) this.#platforms.add(child.platform)
      const subject = child.annotations?.[ATTESTED]
      // What is said of an image goes with the image.
      const wanted =
        subject === undefined ? taken.has(child.digest) : this.chosen.length === 0 || taken.has(subject)
      const kind = isIndex(child.mediaType) ? 'index' : 'manifest'
      const isKnown = isManifest(child.mediaType)
      return this.add(child, { parent, kind, position, wanted: wanted && isKnown, optional: parent.optional })
    })
  }

  #isTaken({ platform, annotations }: Descriptor): boolean {
    if (annotations?.[ATTESTED] !== undefined) return false
    return platform === undefined || isChosen(platform, this.chosen)
  }

  /** @throws AppError `unprocessable` when a platform was chosen that the index does not have. */
  refuseUnmatched(): void {
    refuseUnmatched(this.chosen, [...this.#platforms])
  }

  /** Manifests that are whole: they, and all that is wanted of what they name, are in the store. */
  whole(): Part[] {
    const verdicts = new Map<string, boolean>()
    const isWhole = (part: Part): boolean => {
      const known = verdicts.get(part.digest)
      if (known !== undefined) return known
      // A manifest cannot name itself: that would take a digest that it contains.
      const parts = (part.children ?? []).map((digest) => this.parts.get(digest) as Part)
      const verdict =
        part.sha256 !== undefined &&
        (!isManifestKind(part.kind) || part.children !== undefined) &&
        parts.every((child) => !child.wanted || isWhole(child))
      verdicts.set(part.digest, verdict)
      return verdict
    }
    return [...this.parts.values()].filter(
      (part) => isManifestKind(part.kind) && part.wanted && isWhole(part),
    )
  }
}

/** What buildkit says on the manifest of an attestation: the digest of the image that it is about. */
const ATTESTED = 'vnd.docker.reference.digest'

function isAttestation({ annotations }: Descriptor): boolean {
  return annotations?.[ATTESTED] !== undefined
}

export function isManifestKind(kind: PartKind): boolean {
  return kind === 'index' || kind === 'manifest'
}
