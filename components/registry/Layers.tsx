'use client'

import { Layers as LayersIcon } from 'lucide-react'
import Link from 'next/link'
import { layerFormat, shortDigest } from '@/components/registry/kinds'
import { repositoryHref } from '@/components/registry/places'
import { toneLooks } from '@/components/ui/Badge'
import { Copyable } from '@/components/ui/Copyable'
import { cx } from '@/components/ui/class-names'
import { Panel } from '@/components/ui/Panel'
import { Popover } from '@/components/ui/Popover'
import { Size } from '@/components/ui/Size'
import type { ManifestDetail, ManifestPart } from '@/server/oci/schema'

/** What an image is made of, in order: how large each part is beside the others, and who else has it. */
export function Layers({ manifest }: { manifest: ManifestDetail }) {
  const { config, layers, cluster } = manifest
  const largest = Math.max(1, ...layers.map(({ size }) => size))
  const shared = layers.filter(({ sharedWith }) => sharedWith.length > 0)
  const sharedBytes = shared.reduce((sum, { size }) => sum + size, 0)
  return (
    <Panel
      title={layers.length === 1 ? 'One layer' : `${layers.length} layers`}
      padding="flush"
      actions={
        shared.length > 0 && (
          <span className="text-ink-muted text-sm">
            <Size bytes={sharedBytes} /> shared with others
          </span>
        )
      }
    >
      <ol className="divide-y divide-line">
        {config && <PartRow part={config} title="Config" cluster={cluster} />}
        {layers.map((layer, index) => (
          <PartRow
            // A layer may be there twice.
            // biome-ignore lint/suspicious/noArrayIndexKey: the order is what they are known by
            key={`${index} ${layer.digest}`}
            part={layer}
            title={`${index + 1}`}
            cluster={cluster}
            share={layer.size / largest}
          />
        ))}
      </ol>
      {layers.length === 0 && (
        <p className="px-4 py-6 text-ink-muted text-sm">It has no layers; all it says is in the manifest.</p>
      )}
    </Panel>
  )
}

interface PartRowProps {
  part: ManifestPart
  title: string
  cluster: string
  /** Of the largest; a bar is drawn. */
  share?: number
}

function PartRow({ part, title, cluster, share }: PartRowProps) {
  const { digest, mediaType, size, place, sharedWith } = part
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5">
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className={cx('shrink-0 text-ink-faint text-xs', share !== undefined && 'w-5 text-right')}>
          {title}
        </span>
        <span className="min-w-36 flex-1">
          <Copyable value={digest} shown={shortDigest(digest)} label="digest of the part" tail={6} />
        </span>
        {sharedWith.length > 0 && <SharedWith names={sharedWith} cluster={cluster} />}
        <span className="text-ink-muted text-xs max-sm:hidden" title={mediaType}>
          {share !== undefined && layerFormat(mediaType)}
        </span>
        <span className="ml-auto min-w-18 text-right">
          <Size bytes={size} />
        </span>
      </div>
      {share !== undefined && (
        <div aria-hidden className="ml-8 h-1 overflow-hidden rounded-full bg-line">
          <div
            className="h-full rounded-full bg-accent"
            style={{ width: `${Math.max(0.5, share * 100)}%` }}
          />
        </div>
      )}
      {share !== undefined && (
        <span
          className="ml-8 flex min-w-0 text-ink-muted"
          title="Where its bytes lie, as a scheduler is told"
        >
          <Copyable value={place} label="place of the layer" tail={16} />
        </span>
      )}
    </li>
  )
}

const MOST_NAMES = 20

function SharedWith({ names, cluster }: { names: readonly string[]; cluster: string }) {
  const count = names.length >= MOST_NAMES ? `${names.length} or more` : names.length
  return (
    <Popover
      label="Repositories that share it"
      align="end"
      look={cx(
        'inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-full px-2 text-xs hover:brightness-95',
        toneLooks.neutral,
      )}
      button={
        <>
          <LayersIcon aria-hidden size={12} />
          shared with {count}
        </>
      }
    >
      <ul className="flex flex-col gap-1 p-3">
        {names.map((name) => (
          <li key={name}>
            <Link
              href={repositoryHref({ cluster, name })}
              className="rounded-sm font-mono text-accent text-xs hover:underline"
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </Popover>
  )
}
