import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { FileList } from '@/components/files/FileList'
import { fileFilter } from '@/components/files/filter'
import { fileList } from '@/components/files/queries'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { listFiles } from '@/server/mirror/list-files'
import { fileQuery } from '@/server/mirror/schema'

export const metadata: Metadata = { title: 'Files' }

interface FilesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function FilesPage({ searchParams }: FilesPageProps) {
  const { ctx, actor } = await portalSession()
  const filter = readSearch(fileFilter, await searchParams)
  const client = newQueryClient()
  await client.prefetchQuery({
    ...fileList(filter),
    queryFn: () => listFiles(ctx, actor, fileQuery.parse(filter)),
  })
  return (
    <Hydrated client={client}>
      <FileList />
    </Hydrated>
  )
}
