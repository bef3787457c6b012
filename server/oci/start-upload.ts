import type { Context } from '@/server/context'
import type { Caller } from '@/server/oci/access/caller'
import { ensureRepository, holdRepository } from '@/server/oci/repository'
import type { Cluster } from '@/server/storage/clusters'

/**
 * Begins the upload of a blob; the repository is made by its first one.
 * @returns the id of the upload.
 * @throws RegistryFault `NAME_UNKNOWN` when the repository was removed at the same moment.
 */
export async function startUpload(
  ctx: Context,
  cluster: Cluster,
  caller: Caller,
  { name }: { name: string },
): Promise<string> {
  const repository = await ensureRepository(ctx, cluster, name)
  return ctx.db.$transaction(async (tx) => {
    await holdRepository(tx, repository)
    const data = { repositoryId: repository.id, startedBy: caller.actor.name }
    const { id } = await tx.upload.create({ data, select: { id: true } })
    return id
  })
}
