'use client'

import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { repositoryHref } from '@/components/apt/places'
import { Count } from '@/components/ui/Count'
import type { Branch } from '@/server/apt/schema'

/** The branches in the order of promotion, each with how many packages are in it. */
export function BranchCounts({ repo, branches }: { repo: string; branches: readonly Branch[] }) {
  return (
    <ol className="flex flex-wrap items-center gap-x-1 gap-y-0.5 text-sm">
      {branches.map(({ name, packages }, index) => (
        <li key={name} className="inline-flex items-center gap-1">
          {index > 0 && <ChevronRight aria-hidden size={12} className="text-ink-faint" />}
          <Link
            href={repositoryHref(repo, { tab: 'packages', branch: name })}
            prefetch={false}
            className="inline-flex items-baseline gap-1 rounded-sm hover:underline"
          >
            <span>{name}</span>
            <span className="text-ink-muted text-xs">
              <Count value={packages} />
            </span>
          </Link>
        </li>
      ))}
    </ol>
  )
}
