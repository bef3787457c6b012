'use client'

import { BranchSettings } from '@/components/apt/settings/BranchSettings'
import { RepositorySettings } from '@/components/apt/settings/RepositorySettings'
import { useAptRefusal } from '@/components/apt/use-apt-refusal'
import { Notice } from '@/components/ui/Notice'
import type { RepositoryDetail } from '@/server/apt/schema'

/** What can be set of a repository and of its branches. */
export function Settings({ repository }: { repository: RepositoryDetail }) {
  const refusal = useAptRefusal('apt.manage', repository)
  return (
    <>
      {refusal !== undefined && <Notice>{refusal} You see the settings, and cannot change them.</Notice>}
      <div className="grid min-w-0 items-start gap-4 xl:grid-cols-2">
        <RepositorySettings repository={repository} isLocked={refusal !== undefined} />
        <BranchSettings repository={repository} isLocked={refusal !== undefined} />
      </div>
    </>
  )
}
