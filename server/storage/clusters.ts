import type { Env } from '@/server/env'
import { AppError } from '@/server/errors'
import { below } from '@/server/storage/below'
import type { ClusterDocuments } from '@/server/storage/cluster-documents'
import type { ClusterUsers } from '@/server/storage/cluster-users'
import type { StorageDriver } from '@/server/storage/driver'
import { openStorageAt } from '@/server/storage/open'

/** A name with a place of its own for the contents of the registry (origin 001). */
export interface Cluster {
  name: string
  storage: StorageDriver
  /** Present when the cluster itself knows its users and decides what they may: `?auth=user` of a YTsaurus cluster. */
  users?: ClusterUsers
  /** Present when its storage keeps layer hints as documents: YTsaurus. */
  documents?: ClusterDocuments
}

export interface Clusters {
  /** By name, the default first. */
  all: readonly Cluster[]
  /** @throws AppError `not_found` for a name that is not configured. */
  named(name: string): Cluster
  /**
   * The cluster that a Host header chooses: `registry.<cluster>.<anything>` one of those configured, any other host the
   * default. The port does not matter.
   * @throws AppError `not_found` when a host has the form of origin 001 (five labels) but names a cluster that is not
   *   configured: serving it from the default would show one cluster's images as another's.
   */
  ofHost(host: string): Cluster
}

/** What the main storage offers beside contents, which one that is not YTsaurus does not. */
async function mainAsCluster(env: Env): Promise<Omit<Cluster, 'name' | 'storage'>> {
  if (!env.ENTREPOT_STORAGE?.startsWith('yt')) return {}
  const { storage: _, ...more } = await openStorageAt(env.ENTREPOT_STORAGE, env)
  return more
}

/** @param main the storage of the installation, in which clusters without one of their own have a corner each. */
export async function openClusters(env: Env, main: StorageDriver): Promise<Clusters> {
  const configured = await Promise.all(
    env.ENTREPOT_CLUSTERS.map(async ({ name, storage }): Promise<Cluster> => {
      if (storage === undefined) return { name, storage: below(main, `clusters/${name}`) }
      return { name, ...(await openStorageAt(storage, env)) }
    }),
  )
  const fallback = env.ENTREPOT_DEFAULT_CLUSTER
  const known = configured.find(({ name }) => name === fallback)
  if (known === undefined && fallback !== 'default') {
    throw new AppError('invalid', `ENTREPOT_DEFAULT_CLUSTER: “${fallback}” is not in ENTREPOT_CLUSTERS.`)
  }
  const standard = known ?? { ...(await mainAsCluster(env)), name: fallback, storage: main }
  const all = [standard, ...configured.filter((cluster) => cluster !== standard)]
  const byName = new Map(all.map((cluster) => [cluster.name, cluster]))
  const named = (name: string) => {
    const cluster = byName.get(name)
    if (cluster === undefined) throw new AppError('not_found', `There is no cluster “${name.slice(0, 100)}”.`)
    return cluster
  }
  return {
    all,
    named,
    ofHost(host) {
      const [first, second = '', ...rest] = host
        .toLowerCase()
        .replace(/:\d+$/, '')
        .replace(/\.$/, '')
        .split('.')
      if (first !== 'registry' || rest.length === 0) return standard
      const chosen = byName.get(second)
      if (chosen !== undefined && chosen !== standard) return chosen
      return chosen === undefined && rest.length === 3 ? named(second) : standard
    },
  }
}
