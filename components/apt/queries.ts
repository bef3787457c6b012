import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/components/api'
import type { RepositoriesFilter } from '@/components/apt/filter'
import { unwrap } from '@/server/api/client'
import type { BranchPatch, RepositoryDetail, RepositoryPatch, repositoryInput } from '@/server/apt/schema'

/** Everything of a repository is below `of(repo)`: a change of it is read again with this one key. */
export const aptKeys = {
  all: ['apt'] as const,
  /** What the rail counts: moves that wait for somebody. */
  counts: ['overview'] as const,
  list: (filter: RepositoriesFilter) => ['apt', 'list', filter] as const,
  of: (repo: string) => ['apt', 'of', repo] as const,
  detail: (repo: string) => ['apt', 'of', repo, 'detail'] as const,
}

export const repositoryList = (filter: RepositoriesFilter) =>
  queryOptions({
    queryKey: aptKeys.list(filter),
    queryFn: ({ signal }) => unwrap(api.apt.repositories.$get({ query: filter }, { init: { signal } })),
  })

export const repositoryByName = (repo: string) =>
  queryOptions({
    queryKey: aptKeys.detail(repo),
    queryFn: (): Promise<RepositoryDetail> => unwrap(api.apt.repositories[':repo'].$get({ param: { repo } })),
  })

export const createRepository = (json: z.input<typeof repositoryInput>) =>
  unwrap(api.apt.repositories.$post({ json, query: {} }))

export const changeRepository = ({ repo, ...json }: RepositoryPatch & { repo: string }) =>
  unwrap(api.apt.repositories[':repo'].$patch({ param: { repo }, query: {}, json }))

export const changeBranch = ({ repo, branch, ...json }: BranchPatch & { repo: string; branch: string }) =>
  unwrap(
    api.apt.repositories[':repo'].branches[':branch'].$patch({ param: { repo, branch }, query: {}, json }),
  )
