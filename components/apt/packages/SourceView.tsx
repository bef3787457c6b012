'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowRightLeft } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import type { CardPlace } from '@/components/apt/board/cards'
import { PackageList } from '@/components/apt/packages/PackageList'
import { sourceAt } from '@/components/apt/packages/queries'
import { VersionMatrix } from '@/components/apt/packages/VersionMatrix'
import { repositoryHref, uploadHref } from '@/components/apt/places'
import { repositoryByName } from '@/components/apt/queries'
import { useAptRefusal } from '@/components/apt/use-apt-refusal'
import { Button } from '@/components/ui/Button'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { useUrlState } from '@/components/url-state'
import { sentenceOf } from '@/components/use-action'

const MoveDialog = dynamic(async () => (await import('@/components/apt/board/MoveDialog')).MoveDialog, {
  ssr: false,
})
const RemoveDialog = dynamic(async () => (await import('@/components/apt/board/RemoveDialog')).RemoveDialog, {
  ssr: false,
})

interface SourceViewProps {
  repo: string
  source: string
}

/** One source: its versions side by side over the branches, and the packages of one of them. */
export function SourceView({ repo, source }: SourceViewProps) {
  const [{ version: wanted }, choose] = useUrlState<{ version?: string }>()
  const { data: repository } = useQuery(repositoryByName(repo))
  const { data: detail, error } = useQuery(sourceAt(repo, source))
  const [moving, move] = useState<CardPlace>()
  const [removing, remove] = useState<CardPlace>()
  const refusal = useAptRefusal('apt.move', repository ?? { team: null })
  const chosen = detail?.versions.find(({ version }) => version === wanted) ?? detail?.versions[0]
  const furthest = chosen?.branches.at(-1)
  return (
    <>
      <PageHeader
        back={{ href: repositoryHref(repo, { tab: 'packages' }), label: repo }}
        title={source}
        description={chosen?.packages[0]?.summary}
        actions={
          <>
            {chosen?.uploadId && <Button href={uploadHref(repo, chosen.uploadId)}>Upload report</Button>}
            {chosen && furthest !== undefined && (
              <Button
                variant="primary"
                icon={ArrowRightLeft}
                disabledReason={refusal}
                onClick={() => move({ branch: furthest, source, version: chosen.version })}
              >
                Move {chosen.version}
              </Button>
            )}
          </>
        }
      />
      {error && <Notice tone="failed">{sentenceOf(error)}</Notice>}
      {!error && (!detail || !repository) && <Skeleton height={220} />}
      {detail && repository && chosen && (
        <>
          <Panel title="Versions and branches" padding="flush">
            <VersionMatrix
              repository={repository}
              detail={detail}
              chosen={chosen.version}
              refusal={refusal}
              onChoose={(version) => choose({ version }, 'replace')}
              onMove={move}
              onRemove={remove}
            />
          </Panel>
          <Panel title={`Packages of ${chosen.version}`} padding="flush">
            <PackageList repo={repo} packages={chosen.packages} />
          </Panel>
        </>
      )}
      {moving && repository && (
        <MoveDialog repository={repository} cards={[moving]} onClose={() => move(undefined)} />
      )}
      {removing && <RemoveDialog repo={repo} cards={[removing]} onClose={() => remove(undefined)} />}
    </>
  )
}
