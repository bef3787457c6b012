import { queryOptions } from '@tanstack/react-query'
import { change, read, repositoryPath } from '@/components/apt/call'
import { aptKeys } from '@/components/apt/queries'
import type { MoveDetail, MoveInput, MoveOutcome, MovePlan, RemovalInput } from '@/server/apt/moves/schema'
import type { Board } from '@/server/apt/packages/schema'

/** Cards of each branch that the board shows at first. */
export const FIRST_CARDS = 50

interface BoardAsked {
  q?: string
  component?: string
  limit?: number
}

export const boardOf = (repo: string, query: BoardAsked) =>
  queryOptions({
    queryKey: [...aptKeys.of(repo), 'board', query] as const,
    queryFn: ({ signal }) => read<Board>(repositoryPath(repo, '/board'), query, signal),
  })

/** What a move would do, worked out anew whenever it is looked at. */
export const planOf = (input: MoveInput) =>
  queryOptions({
    queryKey: [...aptKeys.of(input.repository), 'plan', input] as const,
    queryFn: async (): Promise<MovePlan> => {
      const asked = { json: input, query: { dryRun: true } }
      return (await change<MoveOutcome>('POST', '/apt/moves', asked)).plan
    },
    staleTime: 0,
    gcTime: 0,
  })

export const movePackages = (json: MoveInput) => change<MoveOutcome>('POST', '/apt/moves', { json })

export const undoMove = ({ id }: { id: string }) => change<MoveDetail>('POST', `/apt/moves/${id}/undo`)

export const removePackages = ({ repo, ...json }: RemovalInput & { repo: string }) =>
  change<MoveDetail>('POST', repositoryPath(repo, '/removals'), { json })
