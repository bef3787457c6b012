import type { Metadata } from 'next'
import { pathParams, portalSession } from '@/app/portal-session'
import { UploadView } from '@/components/apt/uploads/UploadView'
import { uploadParam } from '@/server/apt/uploads/schema'

interface UploadPageProps {
  params: Promise<{ repo: string; id: string }>
}

export const metadata: Metadata = { title: 'Upload' }

export default async function UploadPage({ params }: UploadPageProps) {
  await portalSession()
  const { repo, id } = pathParams(uploadParam, await params)
  return <UploadView repo={repo} id={id} />
}
