import { queryOptions } from '@tanstack/react-query'
import { change, type Page, read, repositoryPath } from '@/components/apt/call'
import { aptKeys } from '@/components/apt/queries'
import type { Snapshot } from '@/server/apt/schema'
import type { DiffQuery, RollBackInput, RolledBack, SnapshotDiff } from '@/server/apt/snapshots/schema'

export const snapshotsOf = (repo: string, query: { branch: string; cursor?: string }) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'snapshots', query] as const,
    queryFn: ({ signal }) => read<Page<Snapshot>>(repositoryPath(repo, '/snapshots'), query, signal),
  })

const branchPath = (repo: string, branch: string, rest: string) =>
  repositoryPath(repo, `/branches/${encodeURIComponent(branch)}${rest}`)

/** How two snapshots differ; the second is what the branch shows now, unless told. */
export const diffOf = (repo: string, { branch, ...query }: DiffQuery & { branch: string }) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'diff', branch, query] as const,
    queryFn: ({ signal }) => read<SnapshotDiff>(branchPath(repo, branch, '/diff'), query, signal),
  })

export const rollBack = ({ repo, branch, ...json }: RollBackInput & { repo: string; branch: string }) =>
  change<RolledBack>('POST', branchPath(repo, branch, '/roll-back'), { json })
