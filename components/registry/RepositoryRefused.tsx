'use client'

import { ExplainAccess } from '@/components/registry/ExplainAccess'
import { nodeHref } from '@/components/registry/places'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'

interface RepositoryRefusedProps {
  cluster: string
  name: string
  /** The rule that decided, as a sentence. */
  reason: string
}

/** In place of a repository that the person may not read: why, and what else they may ask. */
export function RepositoryRefused({ cluster, name, reason }: RepositoryRefusedProps) {
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-4">
      <PageHeader
        back={{ href: nodeHref(cluster, ''), label: 'Registry' }}
        title={<span className="break-words font-mono text-lg">{name}</span>}
      />
      <Notice tone="attention" title="You may not look at what is here">
        {reason}
      </Notice>
      <ExplainAccess cluster={cluster} path={name} mayAskAboutOthers={false} />
    </div>
  )
}
