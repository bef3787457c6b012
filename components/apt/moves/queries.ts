import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { aptKeys } from '@/components/apt/queries'
import { unwrap } from '@/server/api/client'
import type { MoveDetail } from '@/server/apt/moves/schema'

interface MovesAsked {
  branch?: string
  q?: string
  cursor?: string
}

const LIVE_MS = 15_000

export const movesOf = (repository: string, query: MovesAsked) =>
  queryOptions({
    queryKey: [...aptKeys.of(repository), 'moves', query] as const,
    queryFn: ({ signal }) =>
      unwrap(api.apt.moves.$get({ query: { repository, ...query } }, { init: { signal } })),
  })

export const moveAt = (repo: string, id: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'move', id] as const,
    queryFn: (): Promise<MoveDetail> => unwrap(api.apt.moves[':id'].$get({ param: { id } })),
  })

/** Moves that wait for somebody; read again now and then, for others decide too. */
export const waitingRequestsOf = (repository: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repository), 'requests'] as const,
    queryFn: ({ signal }) =>
      unwrap(api.apt.requests.$get({ query: { repository, state: 'waiting' } }, { init: { signal } })),
    refetchInterval: LIVE_MS,
  })

export type Decision = 'approve' | 'decline' | 'withdraw'

export const decideRequest = ({
  id,
  decision,
  reason,
}: {
  id: string
  decision: Decision
  reason: string
}) => {
  const json = reason.trim() === '' ? {} : { reason }
  return unwrap(api.apt.requests[':id'][decision].$post({ param: { id }, query: {}, json }))
}
