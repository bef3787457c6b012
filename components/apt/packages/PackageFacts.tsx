import Link from 'next/link'
import { repositoryHref, sourceHref, uploadHref } from '@/components/apt/places'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import { Time } from '@/components/ui/Time'
import type { PackageDetail } from '@/server/apt/packages/schema'

const look = 'rounded-sm text-accent hover:underline'

/** What a package says of itself, and when it came. */
export function PackageFacts({ repo, found }: { repo: string; found: PackageDetail }) {
  const { source, sourceVersion, component, section, priority, maintainer, homepage, size } = found
  const isLink = homepage !== null && /^https?:\/\//.test(homepage)
  return (
    <Panel title="Facts">
      <DefinitionList
        items={[
          {
            term: 'Repository',
            detail: (
              <Link href={repositoryHref(repo)} className={look}>
                {repo}
              </Link>
            ),
          },
          {
            term: 'Source',
            detail: (
              <Link href={sourceHref(repo, source, { version: sourceVersion })} className={look}>
                {source} {sourceVersion}
              </Link>
            ),
          },
          { term: 'Component', detail: component },
          { term: 'Section', detail: section },
          { term: 'Priority', detail: priority },
          { term: 'Maintainer', detail: maintainer },
          {
            term: 'Homepage',
            detail: isLink ? (
              <a href={homepage} rel="noreferrer" className={look}>
                {homepage}
              </a>
            ) : (
              homepage
            ),
          },
          { term: 'Size', detail: <Size bytes={size} /> },
          { term: 'Came', detail: <Time at={found.addedAt} /> },
          {
            term: 'Upload',
            detail: found.uploadId && (
              <Link href={uploadHref(repo, found.uploadId)} className={look}>
                Its report
              </Link>
            ),
          },
        ]}
      />
    </Panel>
  )
}
