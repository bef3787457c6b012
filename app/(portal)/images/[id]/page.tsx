import type { Metadata } from 'next'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { ImageView } from '@/components/images/ImageView'
import { imageKeys } from '@/components/images/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { proxyAddress, registryAddress } from '@/server/env'
import { idParam } from '@/server/http/schema'
import { getImage } from '@/server/images/get-image'

export const metadata: Metadata = { title: 'Image' }

interface ImagePageProps {
  params: Promise<{ id: string }>
}

export default async function ImagePage({ params }: ImagePageProps) {
  const { ctx, actor } = await portalSession()
  const { id } = pathParams(idParam, await params)
  const client = newQueryClient()
  client.setQueryData(imageKeys.detail(id), await orNotFound(getImage(ctx, actor, { id })))
  return (
    <Hydrated client={client}>
      <ImageView id={id} installation={{ ...registryAddress(ctx.env), proxy: proxyAddress(ctx.env) }} />
    </Hydrated>
  )
}
