import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { change, type Page, read, repositoryPath } from '@/components/apt/call'
import type { RepositoriesFilter } from '@/components/apt/filter'
import type {
  Branch,
  BranchPatch,
  RepositoryDetail,
  RepositoryPatch,
  RepositorySummary,
  repositoryInput,
} from '@/server/apt/schema'

/** Everything of a repository is below `of(repo)`: a change of it is read again with this one key. */
export const aptKeys = {
  all: ['apt'] as const,
  list: (filter: RepositoriesFilter) => ['apt', 'list', filter] as const,
  of: (repo: string) => ['apt', 'of', repo] as const,
  detail: (repo: string) => ['apt', 'of', repo, 'detail'] as const,
}

export const repositoryList = (filter: RepositoriesFilter) =>
  queryOptions({
    queryKey: aptKeys.list(filter),
    queryFn: ({ signal }) => read<Page<RepositorySummary>>('/apt/repositories', filter, signal),
  })

export const repositoryByName = (repo: string) =>
  queryOptions({
    queryKey: aptKeys.detail(repo),
    queryFn: () => read<RepositoryDetail>(repositoryPath(repo)),
  })

export const createRepository = (json: z.input<typeof repositoryInput>) =>
  change<RepositoryDetail>('POST', '/apt/repositories', { json })

export const changeRepository = ({ repo, ...json }: RepositoryPatch & { repo: string }) =>
  change<RepositoryDetail>('PATCH', repositoryPath(repo), { json })

export const changeBranch = ({ repo, branch, ...json }: BranchPatch & { repo: string; branch: string }) =>
  change<Branch>('PATCH', repositoryPath(repo, `/branches/${encodeURIComponent(branch)}`), { json })
