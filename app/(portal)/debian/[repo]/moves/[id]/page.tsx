import type { Metadata } from 'next'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { MoveView } from '@/components/apt/moves/MoveView'
import { moveAt } from '@/components/apt/moves/queries'
import { aptKeys } from '@/components/apt/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { getMove } from '@/server/apt/moves/read-moves'
import { getRepository } from '@/server/apt/repositories/get-repository'
import { repositoryParam } from '@/server/apt/schema'
import { idParam } from '@/server/http/schema'

interface MovePageProps {
  params: Promise<{ repo: string; id: string }>
}

export const metadata: Metadata = { title: 'Move' }

export default async function MovePage({ params }: MovePageProps) {
  const { ctx, actor } = await portalSession()
  const given = await params
  const { repo } = pathParams(repositoryParam, { repo: decodeURIComponent(given.repo) })
  const { id } = pathParams(idParam, given)
  const client = newQueryClient()
  const [repository, move] = await orNotFound(
    Promise.all([getRepository(ctx, actor, { repo }), getMove(ctx, actor, { id })]),
  )
  client.setQueryData(aptKeys.detail(repo), repository)
  client.setQueryData(moveAt(repo, id).queryKey, move)
  return (
    <Hydrated client={client}>
      <MoveView repo={repo} id={id} />
    </Hydrated>
  )
}
