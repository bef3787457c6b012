import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { DeclareForm } from '@/components/declare/DeclareForm'
import { PageHeader } from '@/components/ui/PageHeader'

export const metadata: Metadata = { title: 'Declare files' }

interface DeclarePageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

const MOST_URLS = 200

export default async function DeclarePage({ searchParams }: DeclarePageProps) {
  await portalSession()
  const { url = [] } = await searchParams
  const urls = [url]
    .flat()
    .filter((given) => given.trim() !== '')
    .slice(0, MOST_URLS)
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-5">
      <PageHeader
        back={{ href: '/files', label: 'Files' }}
        title="Declare files"
        description="Each is fetched once, verified, kept for ever, and served to your machines under its own URL."
      />
      <DeclareForm key={urls.join('\n')} urls={urls} />
    </div>
  )
}
