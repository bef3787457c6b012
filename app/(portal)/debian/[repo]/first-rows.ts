import type { QueryClient } from '@tanstack/react-query'
import { boardOf, FIRST_CARDS } from '@/components/apt/board/queries'
import type { RepositoryFilter } from '@/components/apt/filter'
import { keysOf, uploadersOf } from '@/components/apt/keys/queries'
import { movesOf, waitingRequestsOf } from '@/components/apt/moves/queries'
import { sourcesOf } from '@/components/apt/packages/queries'
import { snapshotsOf } from '@/components/apt/snapshots/queries'
import { uploadsOf } from '@/components/apt/uploads/queries'
import { listKeys } from '@/server/apt/keys/list-keys'
import { listUploaders } from '@/server/apt/keys/list-uploaders'
import { listRequests } from '@/server/apt/moves/list-requests'
import { listMoves } from '@/server/apt/moves/read-moves'
import { movesQuery, requestsQuery } from '@/server/apt/moves/schema'
import { listSources } from '@/server/apt/packages/list-sources'
import { readBoard } from '@/server/apt/packages/read-board'
import { boardQuery, sourceQuery } from '@/server/apt/packages/schema'
import type { RepositoryDetail } from '@/server/apt/schema'
import { listSnapshots } from '@/server/apt/snapshots/list-snapshots'
import { snapshotsQuery } from '@/server/apt/snapshots/schema'
import { listUploads } from '@/server/apt/uploads/list-uploads'
import { uploadQuery } from '@/server/apt/uploads/schema'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { pageQuery } from '@/server/http/schema'

interface Shown {
  ctx: Context
  actor: Actor
  repository: RepositoryDetail
  filter: RepositoryFilter
}

/** Reads what the chosen tab shows first, under the key by which it will ask. */
export async function readFirstRows(client: QueryClient, shown: Shown): Promise<void> {
  const { ctx, actor, filter, repository } = shown
  const { name: repo } = repository
  const { q, cursor, branch, state, component } = filter
  if (filter.tab === undefined || filter.tab === 'board') {
    const query = { q, component, limit: FIRST_CARDS }
    const queryFn = () => readBoard(ctx, actor, { repo, ...boardQuery.parse(query) })
    await client.prefetchQuery({ ...boardOf(repo, query), queryFn })
  } else if (filter.tab === 'packages') {
    const query = { q, branch, cursor }
    const queryFn = () => listSources(ctx, actor, { repo, ...sourceQuery.parse(query) })
    await client.prefetchQuery({ ...sourcesOf(repo, query), queryFn })
  } else if (filter.tab === 'uploads') {
    const query = { q, state, branch, cursor }
    const queryFn = () => listUploads(ctx, actor, { repo, ...uploadQuery.parse(query) })
    await client.prefetchQuery({ ...uploadsOf(repo, query), queryFn })
  } else if (filter.tab === 'snapshots') {
    const query = { branch: branch ?? repository.branches[0]?.name ?? '', cursor }
    const queryFn = () => listSnapshots(ctx, actor, { repo, ...snapshotsQuery.parse(query) })
    await client.prefetchQuery({ ...snapshotsOf(repo, query), queryFn })
  } else if (filter.tab === 'moves') {
    const query = { q, branch, cursor }
    const queryFn = () => listMoves(ctx, actor, movesQuery.parse({ repository: repo, ...query }))
    await client.prefetchQuery({ ...movesOf(repo, query), queryFn })
    const waiting = requestsQuery.parse({ repository: repo, state: 'waiting' })
    await client.prefetchQuery({
      ...waitingRequestsOf(repo),
      queryFn: () => listRequests(ctx, actor, waiting),
    })
  } else if (filter.tab === 'keys') {
    const all = { repo, ...pageQuery.parse({}) }
    client.setQueryData(keysOf(repo).queryKey, (await listKeys(ctx, actor, all)).items)
    client.setQueryData(uploadersOf(repo).queryKey, (await listUploaders(ctx, actor, all)).items)
  }
}
