import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { aptKeys } from '@/components/apt/queries'
import { unwrap } from '@/server/api/client'
import type { MoveInput, MovePlan, RemovalInput } from '@/server/apt/moves/schema'
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
    queryFn: ({ signal }): Promise<Board> =>
      unwrap(api.apt.repositories[':repo'].board.$get({ param: { repo }, query }, { init: { signal } })),
  })

/** What a move would do, worked out anew whenever it is looked at. */
export const planOf = (json: MoveInput) =>
  queryOptions({
    queryKey: [...aptKeys.of(json.repository), 'plan', json] as const,
    queryFn: async ({ signal }): Promise<MovePlan> => {
      const asked = { json, query: { dryRun: 'true' as const } }
      return (await unwrap(api.apt.moves.$post(asked, { init: { signal } }))).plan
    },
    staleTime: 0,
    gcTime: 0,
  })

export const movePackages = (json: MoveInput) => unwrap(api.apt.moves.$post({ json, query: {} }))

export const undoMove = ({ id }: { id: string }) =>
  unwrap(api.apt.moves[':id'].undo.$post({ param: { id }, query: {} }))

export const removePackages = ({ repo, ...json }: RemovalInput & { repo: string }) =>
  unwrap(api.apt.repositories[':repo'].removals.$post({ param: { repo }, query: {}, json }))
