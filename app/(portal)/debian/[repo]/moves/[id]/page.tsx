import type { Metadata } from 'next'
import { pathParams, portalSession } from '@/app/portal-session'
import { MoveView } from '@/components/apt/moves/MoveView'
import { uploadParam as repositoryAndId } from '@/server/apt/uploads/schema'

interface MovePageProps {
  params: Promise<{ repo: string; id: string }>
}

export const metadata: Metadata = { title: 'Move' }

export default async function MovePage({ params }: MovePageProps) {
  await portalSession()
  const { repo, id } = pathParams(repositoryAndId, await params)
  return <MoveView repo={repo} id={id} />
}
