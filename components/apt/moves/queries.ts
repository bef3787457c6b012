import { queryOptions } from '@tanstack/react-query'
import { change, type Page, read } from '@/components/apt/call'
import { aptKeys } from '@/components/apt/queries'
import type { MoveDetail, MoveRequest, MoveSummary } from '@/server/apt/moves/schema'

interface MovesAsked {
  branch?: string
  q?: string
  cursor?: string
}

const LIVE_MS = 15_000

export const movesOf = (repository: string, query: MovesAsked) =>
  queryOptions({
    queryKey: [...aptKeys.of(repository), 'moves', query] as const,
    queryFn: ({ signal }) => read<Page<MoveSummary>>('/apt/moves', { repository, ...query }, signal),
  })

export const moveAt = (repo: string, id: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'move', id] as const,
    queryFn: () => read<MoveDetail>(`/apt/moves/${id}`),
  })

/** Moves that wait for somebody; read again now and then, for others decide too. */
export const waitingRequestsOf = (repository: string) =>
  queryOptions({
    queryKey: [...aptKeys.of(repository), 'requests'] as const,
    queryFn: ({ signal }) =>
      read<Page<MoveRequest>>('/apt/requests', { repository, state: 'waiting' }, signal),
    refetchInterval: LIVE_MS,
  })

export type Decision = 'approve' | 'decline' | 'withdraw'

export const decideRequest = ({ id, decision, reason }: { id: string; decision: Decision; reason: string }) =>
  change<MoveRequest>('POST', `/apt/requests/${id}/${decision}`, {
    json: reason.trim() === '' ? {} : { reason },
  })
