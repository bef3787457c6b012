'use client'

import { Database } from 'lucide-react'
import Link from 'next/link'
import { nodeHref } from '@/components/registry/places'
import { Badge } from '@/components/ui/Badge'
import { Copyable } from '@/components/ui/Copyable'
import { Count } from '@/components/ui/Count'
import { cx } from '@/components/ui/class-names'
import { Size } from '@/components/ui/Size'
import type { RegistryCluster } from '@/server/oci/schema'

interface ClusterFiguresProps {
  clusters: readonly RegistryCluster[]
  /** Name of the one that is looked at. */
  chosen: string
}

/** The clusters: where each is reached, what it holds, and which one is looked at. */
export function ClusterFigures({ clusters, chosen }: ClusterFiguresProps) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {clusters.map((cluster) => (
        <li
          key={cluster.name}
          className={cx(
            'flex min-w-0 flex-col gap-2 rounded-lg border bg-surface px-4 py-3',
            cluster.name === chosen && clusters.length > 1 ? 'border-accent' : 'border-line',
          )}
        >
          <div className="flex min-w-0 items-center gap-2">
            <Database aria-hidden size={15} className="shrink-0 text-ink-faint" />
            <ClusterName
              cluster={cluster}
              isChosen={cluster.name === chosen}
              isOnly={clusters.length === 1}
            />
            <span className="ml-auto flex shrink-0 gap-1">
              {cluster.isDefault && clusters.length > 1 && <Badge>default</Badge>}
              <Badge>{cluster.storage}</Badge>
            </span>
          </div>
          <Copyable value={cluster.host} label="host of the cluster" tail={14} />
          <p className="flex flex-wrap gap-x-3 text-ink-muted text-xs">
            <Count value={cluster.repositories} noun="repository" plural="repositories" />
            <Size bytes={cluster.bytes} />
            <Count value={cluster.blobs} noun="blob" />
            {cluster.uploads > 0 && <Count value={cluster.uploads} noun="upload" />}
          </p>
        </li>
      ))}
    </ul>
  )
}

interface ClusterNameProps {
  cluster: RegistryCluster
  isChosen: boolean
  isOnly: boolean
}

function ClusterName({ cluster: { name }, isChosen, isOnly }: ClusterNameProps) {
  if (isOnly) return <span className="truncate font-strong text-sm">{name}</span>
  return (
    <Link
      href={nodeHref(name, '')}
      aria-current={isChosen ? 'true' : undefined}
      className={cx('truncate rounded-sm font-strong text-sm hover:underline', isChosen && 'text-accent')}
    >
      {name}
    </Link>
  )
}
