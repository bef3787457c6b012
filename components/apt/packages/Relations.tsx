import Link from 'next/link'
import { repositoryHref } from '@/components/apt/places'
import { DefinitionList } from '@/components/ui/DefinitionList'
import type { PackageDetail } from '@/server/apt/packages/schema'

/** Dependencies as they are written; what this repository has is a link. */
export function Relations({ repo, relations }: { repo: string; relations: PackageDetail['relations'] }) {
  return (
    <DefinitionList
      items={relations.map(({ field, entries }) => ({
        term: field,
        detail: (
          <ul className="flex flex-wrap gap-x-3 gap-y-0.5 font-mono text-xs">
            {entries.map(({ text, packageName }) => (
              <li key={text} className="min-w-0 leading-5">
                {packageName === null ? (
                  text
                ) : (
                  <Link
                    href={repositoryHref(repo, { tab: 'packages', q: packageName })}
                    prefetch={false}
                    className="rounded-sm text-accent hover:underline"
                  >
                    {text}
                  </Link>
                )}
              </li>
            ))}
          </ul>
        ),
      }))}
    />
  )
}
