import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { remember } from '@/server/database/remember'
import { registryAddress } from '@/server/env'
import type { RegistryCluster } from '@/server/oci/schema'

/** With fewer blobs, counting takes no time. */
const MANY = 50_000
const KEPT_AT_MOST = 60_000

/**
 * The clusters with what they hold, the default first. With so many blobs that counting takes its time, the counts are some
 * seconds old.
 */
export async function listClusters(ctx: Context, actor: Actor): Promise<RegistryCluster[]> {
  authorise(actor, 'registry.pull')
  const held = await countHeld(ctx)
  return ctx.clusters.all.map(({ name, storage, users }) => ({
    id: name,
    name,
    ...addressOf(ctx, name),
    isDefault: isDefault(ctx, name),
    storage: storage.name,
    hasOwnUsers: users !== undefined,
    ...(held.get(name) ?? { repositories: 0, blobs: 0, bytes: 0, uploads: 0 }),
  }))
}

/** Where clients find a cluster, and whether there is no TLS. */
export function addressOf(ctx: Context, cluster: string): { host: string; isPlain: boolean } {
  const { host, isPlain } = registryAddress(ctx.env)
  if (isDefault(ctx, cluster)) return { host, isPlain }
  // The second label names the cluster (origin 001); a number is no place for labels, and every name below localhost is here.
  const named = /^(\d|\[|localhost)/.test(host) ? host.replace(/^.*?(?=(:\d+)?$)/, 'localhost') : host
  return { host: `registry.${cluster}.${named}`, isPlain }
}

function isDefault(ctx: Context, cluster: string): boolean {
  return ctx.clusters.all[0]?.name === cluster
}

type Held = Pick<RegistryCluster, 'repositories' | 'blobs' | 'bytes' | 'uploads'>

const countHeld = remember(countAll, (took, held) => {
  const blobs = [...held.values()].reduce((sum, cluster) => sum + cluster.blobs, 0)
  return blobs < MANY ? 0 : Math.min(KEPT_AT_MOST, took * 50)
})

async function countAll(ctx: Context): Promise<Map<string, Held>> {
  const rows = await ctx.db.$queryRaw<{ cluster: string; kind: string; count: bigint; bytes: bigint }[]>`
    SELECT cluster, 'repositories' AS kind, count(*) AS count, 0::bigint AS bytes FROM repositories GROUP BY cluster
    UNION ALL
    SELECT cluster, 'blobs', count(*), coalesce(sum(size), 0)::bigint FROM cluster_blobs GROUP BY cluster
    UNION ALL
    SELECT r.cluster, 'uploads', count(*), 0 FROM uploads u JOIN repositories r ON r.id = u.repository_id GROUP BY 1`
  const held = new Map<string, Held>()
  for (const { cluster, kind, count, bytes } of rows) {
    const now = held.get(cluster) ?? { repositories: 0, blobs: 0, bytes: 0, uploads: 0 }
    held.set(cluster, { ...now, [kind]: Number(count), bytes: now.bytes + Number(bytes) })
  }
  return held
}
