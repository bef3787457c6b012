import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import type { Caller } from '@/server/oci/access/caller'
import { RegistryFault } from '@/server/oci/faults'
import type { RepositoryRow } from '@/server/oci/repository'

interface TagChange {
  repository: RepositoryRow
  caller: Caller
  digest: string
  tags: string[]
}

/**
 * Makes tags lead to a manifest, in one order everywhere so that two pushes never wait for each other's rows.
 * @throws RegistryFault `DENIED` for a tag that leads elsewhere in a repository whose tags are immutable.
 */
export async function setTags(
  tx: Tx,
  ctx: Context,
  { repository, caller, digest, tags }: TagChange,
): Promise<void> {
  for (const name of [...new Set(tags)].sort()) {
    const now = ctx.now()
    // An immutable tag may be set again to what it is, and the row is read under its own lock.
    const changed = await tx.$executeRaw`
      INSERT INTO tags AS known (repository_id, name, digest, pushed_by, created_at, updated_at)
      VALUES (${repository.id}::uuid, ${name}, ${digest}, ${caller.actor.name}, ${now}, ${now})
      ON CONFLICT (repository_id, name) DO UPDATE
        SET digest = excluded.digest, pushed_by = excluded.pushed_by, updated_at = excluded.updated_at
        WHERE known.digest = excluded.digest
          OR NOT (SELECT immutable_tags FROM repositories WHERE id = excluded.repository_id)`
    if (changed === 0) {
      throw new RegistryFault(
        'DENIED',
        `The tags of ${repository.name} are immutable, and “${name}” leads elsewhere already.`,
      )
    }
  }
}
