import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { imageFilter } from '@/components/images/filter'
import { ImageList } from '@/components/images/ImageList'
import { imageList } from '@/components/images/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { listImages } from '@/server/images/list-images'
import { imageQuery } from '@/server/images/schema'

export const metadata: Metadata = { title: 'Images' }

interface ImagesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function ImagesPage({ searchParams }: ImagesPageProps) {
  const { ctx, actor } = await portalSession()
  const filter = readSearch(imageFilter, await searchParams)
  const client = newQueryClient()
  await client.prefetchQuery({
    ...imageList(filter),
    queryFn: () => listImages(ctx, actor, imageQuery.parse(filter)),
  })
  return (
    <Hydrated client={client}>
      <ImageList />
    </Hydrated>
  )
}
