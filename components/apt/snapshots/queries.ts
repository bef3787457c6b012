import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { aptKeys } from '@/components/apt/queries'
import { unwrap } from '@/server/api/client'
import type { DiffQuery, RollBackInput, SnapshotDiff } from '@/server/apt/snapshots/schema'

export const snapshotsOf = (repo: string, query: { branch: string; cursor?: string }) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'snapshots', query] as const,
    queryFn: ({ signal }) =>
      unwrap(api.apt.repositories[':repo'].snapshots.$get({ param: { repo }, query }, { init: { signal } })),
  })

/** How two snapshots differ; the second is what the branch shows now, unless told. */
export const diffOf = (repo: string, { branch, ...query }: DiffQuery & { branch: string }) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'diff', branch, query] as const,
    queryFn: ({ signal }): Promise<SnapshotDiff> =>
      unwrap(
        api.apt.repositories[':repo'].branches[':branch'].diff.$get(
          { param: { repo, branch }, query },
          { init: { signal } },
        ),
      ),
  })

export const rollBack = ({ repo, branch, ...json }: RollBackInput & { repo: string; branch: string }) => {
  const at = api.apt.repositories[':repo'].branches[':branch']['roll-back']
  return unwrap(at.$post({ param: { repo, branch }, query: {}, json }))
}
