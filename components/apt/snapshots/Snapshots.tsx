'use client'

import { useQuery } from '@tanstack/react-query'
import { Camera, GitCompare } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useMemo, useState } from 'react'
import type { RepositoryFilter, RepositoryFilterChange } from '@/components/apt/filter'
import { snapshotsOf } from '@/components/apt/snapshots/queries'
import { SnapshotDiffPanel } from '@/components/apt/snapshots/SnapshotDiffPanel'
import { snapshotColumns } from '@/components/apt/snapshots/snapshot-columns'
import { useAptRefusal } from '@/components/apt/use-apt-refusal'
import { Button } from '@/components/ui/Button'
import { cx } from '@/components/ui/class-names'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { Pagination } from '@/components/ui/Pagination'
import { Segments } from '@/components/ui/Segments'
import { Select } from '@/components/ui/Select'
import type { RepositoryDetail, Snapshot } from '@/server/apt/schema'

const RollBack = dynamic(async () => (await import('@/components/apt/snapshots/RollBack')).RollBack, {
  ssr: false,
})

const nothing: ReadonlySet<string> = new Set()
const FEW = 4

interface SnapshotsProps {
  repository: RepositoryDetail
  filter: RepositoryFilter
  onFilter: RepositoryFilterChange
}

/** Every moment at which a branch changed: two can be compared, and the branch rolled back to one. */
export function Snapshots({ repository, filter, onFilter }: SnapshotsProps) {
  const { cursor, from, to } = filter
  const branch = filter.branch ?? repository.branches[0]?.name ?? ''
  const [selected, select] = useState(nothing)
  const [rollingBack, rollBack] = useState<Snapshot>()
  const refusal = useAptRefusal('apt.manage', repository)
  const snapshots = useQuery({
    ...snapshotsOf(repository.name, { branch, cursor }),
    // While a page is read, the one before it stays; rows of another branch would be taken for rows of this one.
    placeholderData: (before, of) => (of?.queryKey[4].branch === branch ? before : undefined),
  })
  const columns = useMemo(
    () =>
      snapshotColumns({
        repository,
        refusal,
        onCompare: ({ id }) => onFilter({ from: id, to: undefined }),
        onRollBack: rollBack,
      }),
    [repository, refusal, onFilter],
  )
  const compare = () => {
    // Numbers grow: the smaller is the older.
    const [first, second] = [...selected].sort((a, b) => Number(BigInt(a) - BigInt(b)))
    if (first && second) onFilter({ from: first, to: second })
    select(nothing)
  }
  return (
    <>
      <BranchChoice
        repository={repository}
        branch={branch}
        onChange={(name) => {
          select(nothing)
          onFilter({ branch: name, from: undefined, to: undefined })
        }}
      />
      {from !== undefined && (
        <SnapshotDiffPanel
          repo={repository.name}
          branch={branch}
          from={from}
          to={to}
          snapshots={snapshots.data?.items}
          onClose={() => onFilter({ from: undefined, to: undefined })}
        />
      )}
      <DataTable
        label="Snapshots"
        query={snapshots}
        columns={columns}
        csv={`snapshots-${repository.name}-${branch}`}
        empty={
          <EmptyState
            icon={Camera}
            sentence={`Each change of ${branch} is kept as a snapshot that apt can use. None is there yet.`}
          />
        }
        selection={{
          ids: selected,
          onChange: select,
          actions: (
            <Button
              size="small"
              icon={GitCompare}
              disabledReason={selected.size === 2 ? undefined : 'Select two snapshots.'}
              onClick={compare}
            >
              Compare the two
            </Button>
          ),
        }}
        pagination={
          <Pagination
            cursor={cursor}
            nextCursor={snapshots.data?.nextCursor}
            onCursor={(next) => {
              select(nothing)
              onFilter({ cursor: next })
            }}
          />
        }
      />
      {rollingBack && (
        <RollBack
          repo={repository.name}
          branch={branch}
          snapshot={rollingBack}
          onClose={() => rollBack(undefined)}
        />
      )}
    </>
  )
}

interface BranchChoiceProps {
  repository: RepositoryDetail
  branch: string
  onChange: (branch: string) => void
}

function BranchChoice({ repository: { branches }, branch, onChange }: BranchChoiceProps) {
  const options = branches.map(({ name }) => ({ value: name, label: name }))
  const areFew = options.length <= FEW
  return (
    <>
      {areFew && (
        <div className="max-sm:hidden">
          <Segments label="Branch" options={options} value={branch} onChange={onChange} />
        </div>
      )}
      <div className={cx('w-56', areFew && 'sm:hidden')}>
        <Select aria-label="Branch" options={options} value={branch} onChange={onChange} />
      </div>
    </>
  )
}
