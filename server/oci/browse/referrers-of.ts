import type { Db } from '@/server/db'
import { parseDigest } from '@/server/oci/digest'
import { readManifest } from '@/server/oci/manifest'
import type { ManifestReferrer } from '@/server/oci/schema'

/** Referrers that are told of one manifest. */
const MAX_REFERRERS = 100

const cosign: Record<string, string> = {
  sig: 'application/vnd.dev.cosign.artifact.sig.v1+json',
  att: 'application/vnd.dev.cosign.artifact.att.v1+json',
  sbom: 'application/vnd.dev.cosign.artifact.sbom.v1+json',
}

/**
 * What is about a manifest: what names it as its subject, what the fallback tag `sha256-<hex>` lists (distribution-spec 1.1,
 * “Referrers Tag Schema”), and what cosign has put under `sha256-<hex>.sig`, `.att` and `.sbom`.
 */
export async function referrersOf(db: Db, repositoryId: string, digest: string): Promise<ManifestReferrer[]> {
  const { algorithm, hex } = parseDigest(digest) ?? {}
  const base = `${algorithm}-${hex?.slice(0, 64)}`
  const [named, tagged] = await Promise.all([
    db.manifest.findMany({
      where: { repositoryId, subject: digest },
      orderBy: { digest: 'asc' },
      take: MAX_REFERRERS,
      select: { digest: true, mediaType: true, artifactType: true, size: true, annotations: true },
    }),
    db.tag.findMany({
      where: {
        repositoryId,
        name: { in: [base, ...Object.keys(cosign).map((suffix) => `${base}.${suffix}`)] },
      },
      orderBy: { name: 'asc' },
      select: {
        name: true,
        manifest: {
          select: {
            digest: true,
            mediaType: true,
            artifactType: true,
            size: true,
            annotations: true,
            content: true,
          },
        },
      },
    }),
  ])
  const found = named.map((manifest) => present(manifest, null))
  for (const { name, manifest } of tagged) {
    const { content, ...rest } = manifest
    const suffix = name.slice(base.length + 1)
    if (suffix !== '')
      found.push({ ...present(rest, name), artifactType: cosign[suffix] ?? rest.artifactType })
    else found.push(...listedBy(name, Buffer.from(content), rest.mediaType))
  }
  const seen = new Set<string>()
  return found
    .filter((referrer) => !seen.has(referrer.digest) && seen.add(referrer.digest))
    .slice(0, MAX_REFERRERS)
}

/** What the index under a fallback tag lists. */
function listedBy(tag: string, content: Buffer, mediaType: string): ManifestReferrer[] {
  return readManifest(content, mediaType).manifests.map((child) => ({
    digest: child.digest,
    mediaType: child.mediaType,
    artifactType: child.artifactType ?? null,
    size: child.size,
    annotations: child.annotations ?? null,
    tag,
  }))
}

function present(
  row: { digest: string; mediaType: string; artifactType: string | null; size: number; annotations: unknown },
  tag: string | null,
): ManifestReferrer {
  return { ...row, annotations: row.annotations as Record<string, string> | null, tag }
}
