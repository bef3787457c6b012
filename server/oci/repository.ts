import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { notify } from '@/server/events'
import { RegistryFault } from '@/server/oci/faults'
import type { Cluster } from '@/server/storage/clusters'

export interface RepositoryRow {
  id: string
  name: string
  immutableTags: boolean
}

const select = { id: true, name: true, immutableTags: true } as const

/** The repository of this name, or undefined. */
export async function findRepository(
  ctx: Context,
  cluster: Cluster,
  name: string,
): Promise<RepositoryRow | undefined> {
  const where = { cluster_name: { cluster: cluster.name, name } }
  return (await ctx.db.repository.findUnique({ where, select })) ?? undefined
}

/** @throws RegistryFault `NAME_UNKNOWN`. */
export async function knownRepository(ctx: Context, cluster: Cluster, name: string): Promise<RepositoryRow> {
  const found = await findRepository(ctx, cluster, name)
  if (found === undefined) throw new RegistryFault('NAME_UNKNOWN', `There is no repository “${name}”.`)
  return found
}

/** The repository of this name, made now if this is the first push to it. */
export async function ensureRepository(ctx: Context, cluster: Cluster, name: string): Promise<RepositoryRow> {
  const found = await findRepository(ctx, cluster, name)
  if (found !== undefined) return found
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.repository.createMany({
      data: { cluster: cluster.name, name },
      skipDuplicates: true,
    })
    if (count > 0) await notify(tx, { topic: 'repository' })
  })
  return knownRepository(ctx, cluster, name)
}

/**
 * Keeps a repository from being removed until the transaction ends.
 * @throws RegistryFault `NAME_UNKNOWN` when it has been removed since it was found.
 */
export async function holdRepository(tx: Tx, { id }: { id: string }): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`SELECT 1 FROM repositories WHERE id = ${id}::uuid FOR KEY SHARE`
  if (held.length === 0) {
    throw new RegistryFault('NAME_UNKNOWN', 'The repository was removed at the same moment. Push again.')
  }
}
