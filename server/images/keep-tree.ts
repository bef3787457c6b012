import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { notify } from '@/server/events'
import type { ImageTree, Part } from '@/server/images/tree'

/**
 * Writes what is known of an image's tree into the ledger, so that people see what is coming. A manifest is not noted as
 * stored here, though its bytes are: it is served only when all that it names is there (server/images/finish-image.ts).
 * What an earlier run stored stays, also when the registry no longer lists it.
 */
export async function keepTree(ctx: Context, imageId: string, tree: ImageTree): Promise<void> {
  const parts = [...tree.parts.values()]
  const top = parts[0] as Part
  await ctx.db.$transaction(async (tx) => {
    await upsertParts(tx, imageId, parts)
    await tx.$executeRaw`
      DELETE FROM image_parts
      WHERE image_id = ${imageId}::uuid AND sha256 IS NULL AND digest <> ALL (${parts.map(({ digest }) => digest)}::text[])`
    await tx.image.updateMany({
      where: { id: imageId },
      data: { mediaType: top.mediaType, ...progressOf(tree) },
    })
    await notify(tx, { topic: 'image', id: imageId })
  })
}

/** How far an image is, in parts. */
export function progressOf(tree: ImageTree): { partsDone: number; partsTotal: number } {
  const wanted = [...tree.parts.values()].filter((part) => part.wanted)
  return {
    partsDone: wanted.filter(({ sha256 }) => sha256 !== undefined).length,
    partsTotal: wanted.length,
  }
}

async function upsertParts(tx: Tx, imageId: string, parts: readonly Part[]): Promise<void> {
  const rows = parts.map((part) => ({
    digest: part.digest,
    kind: part.kind,
    media_type: part.mediaType,
    size: part.size ?? 0,
    parent_digest: part.parentDigest,
    position: part.position,
    platform: part.platform,
    wanted: part.wanted,
    subject: part.subject,
    artifact_type: part.artifactType,
    annotations: part.annotations,
  }))
  await tx.$executeRaw`
    INSERT INTO image_parts AS known (image_id, digest, kind, media_type, size, parent_digest, position, platform, wanted,
      subject, artifact_type, annotations)
    SELECT ${imageId}::uuid, digest, kind::image_part_kind, media_type, size, parent_digest, position, platform, wanted,
      subject, artifact_type, annotations
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS (digest text, kind text, media_type text, size bigint, parent_digest text, position int, platform text,
        wanted boolean, subject text, artifact_type text, annotations jsonb)
    ORDER BY digest
    ON CONFLICT (image_id, digest) DO UPDATE SET
      kind = excluded.kind, media_type = excluded.media_type, parent_digest = excluded.parent_digest,
      position = excluded.position, platform = excluded.platform,
      wanted = excluded.wanted OR known.sha256 IS NOT NULL,
      size = CASE WHEN known.sha256 IS NULL THEN excluded.size ELSE known.size END,
      subject = coalesce(excluded.subject, known.subject),
      artifact_type = coalesce(excluded.artifact_type, known.artifact_type),
      annotations = coalesce(excluded.annotations, known.annotations)`
}
