import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { type Deleted, deleteManifest } from '@/server/oci/delete-manifest'
import { deleteTag } from '@/server/oci/delete-tag'
import { forgetTag } from '@/server/oci/hints/note-tag'
import { demandRemoval } from '@/server/oci/remove-repository'
import type { Removed } from '@/server/oci/schema'

interface Removal {
  cluster: string
  /** Of the repository. */
  name: string
  dryRun?: boolean
}

/**
 * Deletes a manifest and the tags that lead to it, as at the registry's own door.
 * @throws AppError `forbidden` with the rule that decided, or where tags are immutable; `not_found`.
 */
export async function removeManifest(
  ctx: Context,
  actor: Actor,
  { digest, ...removal }: Removal & { digest: string },
): Promise<Removed> {
  const { cluster, caller } = await demandRemoval(ctx, actor, removal)
  const { name, dryRun } = removal
  const deleted = await deleteManifest(ctx, cluster, caller, { name, digest, dryRun })
  return afterRemoval(ctx, removal, deleted)
}

/**
 * Deletes a tag; what it led to stays and can be pulled by its digest.
 * @throws as `removeManifest`.
 */
export async function removeTag(
  ctx: Context,
  actor: Actor,
  { tag, ...removal }: Removal & { tag: string },
): Promise<Removed> {
  const { cluster, caller } = await demandRemoval(ctx, actor, removal)
  const { name, dryRun } = removal
  const deleted = await deleteTag(ctx, cluster, caller, { name, tag, dryRun })
  return afterRemoval(ctx, removal, deleted)
}

/** Schedulers are told no longer of tags that are gone. */
async function afterRemoval(
  ctx: Context,
  { cluster, dryRun }: Removal,
  { repository, tags }: Deleted,
): Promise<Removed> {
  if (!dryRun) {
    for (const tag of tags) await forgetTag(ctx, ctx.clusters.named(cluster), { repository, tag })
  }
  return { tags }
}
