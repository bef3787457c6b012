import { Package } from 'lucide-react'
import { repositoryHref } from '@/components/apt/places'
import { Button } from '@/components/ui/Button'
import { EmptyState } from '@/components/ui/EmptyState'
import type { RepositoryDetail } from '@/server/apt/schema'

/** Below a board without a card: how the first package comes onto it. */
export function FirstUpload({ repository: { name, branches } }: { repository: RepositoryDetail }) {
  const [first] = branches
  return (
    <EmptyState
      icon={Package}
      sentence={`Packages are uploaded into a branch, usually ${first?.name ?? 'the first'}, and moved on from there to the next.`}
      action={
        <Button variant="primary" href={repositoryHref(name, { tab: 'uploads' })}>
          Upload the first package
        </Button>
      }
      command={`entrepot upload --repo ${name} --branch ${first?.name ?? 'unstable'} *.deb`}
    />
  )
}
