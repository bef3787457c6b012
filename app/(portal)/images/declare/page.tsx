import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { DeclareImages } from '@/components/images/DeclareImages'
import { PageHeader } from '@/components/ui/PageHeader'

export const metadata: Metadata = { title: 'Declare images' }

type Given = Record<string, string | string[] | undefined>

interface DeclareImagesPageProps {
  searchParams: Promise<Given>
}

const MOST = 100

export default async function DeclareImagesPage({ searchParams }: DeclareImagesPageProps) {
  await portalSession()
  const references = referencesOf(await searchParams)
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-5">
      <PageHeader
        back={{ href: '/images', label: 'Images' }}
        title="Declare images"
        description="Each is fetched by its digest with all it needs, kept for ever, and served under its own name."
      />
      <DeclareImages key={references.join('\n')} references={references} />
    </div>
  )
}

/** `?reference=`, as often as there are; or an image in its parts, with its digest or a tag, as refusals link to it. */
function referencesOf({ reference = [], registry, repository, digest, tag }: Given): string[] {
  const given = [reference].flat().filter((text) => text.trim() !== '')
  if (typeof registry === 'string' && typeof repository === 'string') {
    const last = typeof digest === 'string' ? `@${digest}` : typeof tag === 'string' ? `:${tag}` : ''
    given.push(`${registry}/${repository}${last}`)
  }
  return given.slice(0, MOST)
}
