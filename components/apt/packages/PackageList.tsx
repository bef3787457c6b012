import { Package } from 'lucide-react'
import { packageHref } from '@/components/apt/places'
import { Badge } from '@/components/ui/Badge'
import { OneLine } from '@/components/ui/OneLine'
import { RowLink } from '@/components/ui/RowLink'
import { Size } from '@/components/ui/Size'
import type { PackageSummary } from '@/server/apt/packages/schema'

/** The packages of one source version, each leading to its page. */
export function PackageList({ repo, packages }: { repo: string; packages: readonly PackageSummary[] }) {
  return (
    <ul className="divide-y divide-line">
      {packages.map(({ id, name, architecture, type, section, summary, size }) => (
        <li
          key={id}
          className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 text-sm hover:bg-hover"
        >
          <span className="flex min-w-0 items-center gap-3 sm:w-2/7">
            <Package aria-hidden size={15} className="shrink-0 text-ink-faint" />
            <RowLink href={packageHref(repo, id)}>
              <OneLine text={name} />
            </RowLink>
          </span>
          <span className="flex shrink-0 gap-1 sm:w-28">
            <Badge>{type === 'source' ? 'source' : architecture}</Badge>
            {type !== 'deb' && type !== 'source' && <Badge>{type}</Badge>}
          </span>
          <span className="min-w-0 flex-1 max-sm:hidden">
            <OneLine text={summary} look="muted" />
          </span>
          <span className="text-ink-muted text-xs max-lg:hidden">{section}</span>
          <span className="ml-auto">
            <Size bytes={size} />
          </span>
        </li>
      ))}
    </ul>
  )
}
