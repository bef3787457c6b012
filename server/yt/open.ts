import type { ClusterDocuments } from '@/server/storage/cluster-documents'
import type { ClusterUsers } from '@/server/storage/cluster-users'
import type { StorageDriver } from '@/server/storage/driver'
import { YtClient } from '@/server/yt/client'
import { usualYtTimes, type YtTimes } from '@/server/yt/exchange'
import type { YtPlace } from '@/server/yt/place'
import { YtDocuments } from '@/server/yt/yt-documents'
import { YtStorage } from '@/server/yt/yt-storage'
import { YtUsers } from '@/server/yt/yt-users'

export interface OpenedYt {
  storage: StorageDriver
  documents: ClusterDocuments
  users?: ClusterUsers
}

/**
 * A directory of a YTsaurus cluster as storage. Nothing is asked for over the network yet.
 * @param token of the user under whom contents are stored.
 */
export function openYt(
  { proxy, root, usersDecide }: YtPlace,
  { token, times }: { token: string | undefined; times?: Partial<YtTimes> },
): OpenedYt {
  const client = new YtClient(proxy, token, { ...usualYtTimes, ...times })
  return {
    storage: new YtStorage(client, root),
    documents: new YtDocuments(client),
    ...(usersDecide && { users: new YtUsers(client) }),
  }
}
