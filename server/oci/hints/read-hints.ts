import type { Tx } from '@/server/db'
import { clusterBlobKey } from '@/server/oci/blob-keys'
import { type Hint, layerPaths, MAX_DEPTH } from '@/server/oci/hints/layer-paths'
import { type ReadManifest, readManifest } from '@/server/oci/manifest'
import type { HintDocument } from '@/server/storage/cluster-documents'
import type { Cluster } from '@/server/storage/clusters'

/** Manifests read at a time: their bytes are forgotten before the next ones come. */
const BATCH = 200

interface Tagged {
  name: string
  digest: string
}

/** The whole document of a repository as the database has it now, its tags in order. */
export async function readHints(db: Tx, cluster: Cluster, repositoryId: string): Promise<HintDocument> {
  const tags = await db.$queryRaw<Tagged[]>`
    SELECT name, digest FROM tags WHERE repository_id = ${repositoryId}::uuid ORDER BY name COLLATE "C"`
  return hintsOf(db, cluster, { repositoryId, tags })
}

/** What the document has of one tag; undefined when there is no such tag (any more). */
export async function readHint(
  db: Tx,
  cluster: Cluster,
  { repositoryId, tag }: { repositoryId: string; tag: string },
): Promise<Hint | undefined> {
  const tags = await db.$queryRaw<Tagged[]>`
    SELECT name, digest FROM tags WHERE repository_id = ${repositoryId}::uuid AND name = ${tag}`
  return (await hintsOf(db, cluster, { repositoryId, tags }))[tag]
}

async function hintsOf(
  db: Tx,
  cluster: Cluster,
  { repositoryId, tags }: { repositoryId: string; tags: Tagged[] },
): Promise<HintDocument> {
  const places = new Map<string, string>()
  // One text for each layer, however many tags share it.
  const place = (digest: string) => {
    const known = places.get(digest) ?? cluster.storage.place(clusterBlobKey(digest))
    places.set(digest, known)
    return known
  }
  const hints = new Map<string, Hint>()
  const digests = [...new Set(tags.map(({ digest }) => digest))]
  for (let start = 0; start < digests.length; start += BATCH) {
    const wanted = digests.slice(start, start + BATCH)
    const manifests = await readTree(db, repositoryId, wanted)
    for (const digest of wanted) {
      const manifest = manifests.get(digest)
      if (manifest) hints.set(digest, layerPaths(manifest, { place, child: (each) => manifests.get(each) }))
    }
  }
  const document: HintDocument = {}
  for (const { name, digest } of tags) {
    const hint = hints.get(digest)
    if (hint !== undefined) document[name] = hint
  }
  return document
}

/** Manifests with those that the indexes among them name. */
async function readTree(db: Tx, repositoryId: string, digests: string[]): Promise<Map<string, ReadManifest>> {
  const manifests = new Map<string, ReadManifest>()
  let wanted = digests
  for (let depth = 0; depth <= MAX_DEPTH && wanted.length > 0; depth += 1) {
    const rows = await db.manifest.findMany({
      where: { repositoryId, digest: { in: wanted } },
      select: { digest: true, mediaType: true, content: true },
    })
    for (const { digest, mediaType, content } of rows) {
      manifests.set(digest, readManifest(Buffer.from(content), mediaType))
    }
    const named = rows.flatMap(({ digest }) => manifests.get(digest)?.manifests ?? [])
    wanted = [...new Set(named.map(({ digest }) => digest))].filter((digest) => !manifests.has(digest))
  }
  return manifests
}
