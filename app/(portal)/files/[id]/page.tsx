import type { Metadata } from 'next'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { FileView } from '@/components/files/FileView'
import { fileKeys } from '@/components/files/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { proxyAddress, publicUrl } from '@/server/env'
import { idParam } from '@/server/http/schema'
import { getFile } from '@/server/mirror/get-file'

export const metadata: Metadata = { title: 'File' }

interface FilePageProps {
  params: Promise<{ id: string }>
}

export default async function FilePage({ params }: FilePageProps) {
  const { ctx, actor } = await portalSession()
  const { id } = pathParams(idParam, await params)
  const client = newQueryClient()
  client.setQueryData(fileKeys.detail(id), await orNotFound(getFile(ctx, actor, { id })))
  return (
    <Hydrated client={client}>
      <FileView id={id} installation={{ portal: publicUrl(ctx.env), proxy: proxyAddress(ctx.env) }} />
    </Hydrated>
  )
}
