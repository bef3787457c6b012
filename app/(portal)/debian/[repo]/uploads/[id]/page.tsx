import type { Metadata } from 'next'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { uploadAt } from '@/components/apt/uploads/queries'
import { UploadView } from '@/components/apt/uploads/UploadView'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { getUpload } from '@/server/apt/uploads/get-upload'
import { uploadParam } from '@/server/apt/uploads/schema'

interface UploadPageProps {
  params: Promise<{ repo: string; id: string }>
}

export const metadata: Metadata = { title: 'Upload' }

export default async function UploadPage({ params }: UploadPageProps) {
  const { ctx, actor } = await portalSession()
  const given = await params
  const { repo, id } = pathParams(uploadParam, { ...given, repo: decodeURIComponent(given.repo) })
  const client = newQueryClient()
  const upload = await orNotFound(getUpload(ctx, actor, { repo, id }))
  client.setQueryData(uploadAt(repo, id).queryKey, upload)
  return (
    <Hydrated client={client}>
      <UploadView repo={repo} id={id} />
    </Hydrated>
  )
}
