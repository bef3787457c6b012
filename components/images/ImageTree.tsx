import { CircleCheck, CircleDashed, Network } from 'lucide-react'
import { kindOf, layerFormat, shortDigest } from '@/components/registry/kinds'
import { Size } from '@/components/ui/Size'
import type { ImageDetail, ImagePart } from '@/server/images/schema'

/** All that belongs to an image: indexes, manifests, configurations, layers, and what is about them. */
export function ImageTree({ image: { parts } }: { image: ImageDetail }) {
  if (parts.length === 0) return null
  const below = new Map<string | null, ImagePart[]>()
  for (const part of parts) below.set(part.parentDigest, [...(below.get(part.parentDigest) ?? []), part])
  const tops = below.get(null) ?? []
  return (
    <details className="rounded-lg border border-line bg-surface">
      <summary className="flex min-h-11 items-center gap-2 px-4 text-base">
        <Network aria-hidden size={15} className="text-ink-faint" />
        The whole tree, {parts.length === 1 ? 'one part' : `${parts.length} parts`}
      </summary>
      <div className="border-line border-t px-4 py-3">
        <Branch parts={tops} below={below} />
      </div>
    </details>
  )
}

interface BranchProps {
  parts: readonly ImagePart[]
  below: ReadonlyMap<string | null, readonly ImagePart[]>
}

function Branch({ parts, below }: BranchProps) {
  return (
    <ul className="flex flex-col gap-1">
      {parts.map((part) => {
        const children = below.get(part.digest) ?? []
        return (
          <li key={part.digest}>
            <PartLine part={part} />
            {children.length > 0 && (
              <div className="mt-1 ml-1.5 border-line border-l pl-3">
                <Branch parts={children} below={below} />
              </div>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function PartLine({ part }: { part: ImagePart }) {
  const { digest, stored, wanted, size, platform } = part
  const Icon = stored ? CircleCheck : CircleDashed
  const standing = stored ? 'stored' : wanted ? 'not here yet' : 'not mirrored'
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-2 text-sm">
      <Icon aria-hidden size={13} className={stored ? 'shrink-0 text-ok' : 'shrink-0 text-ink-faint'} />
      <span>{[whatIs(part), platform].filter(Boolean).join(', ')}</span>
      <span title={digest} className="font-mono text-ink-muted text-xs">
        {shortDigest(digest)}
      </span>
      {!stored && <span className="text-ink-muted text-xs">{standing}</span>}
      <span className="ml-auto text-ink-muted text-xs">
        <Size bytes={size} />
      </span>
    </div>
  )
}

function whatIs(part: ImagePart): string {
  if (part.kind === 'layer') return `Layer, ${layerFormat(part.mediaType)}`
  if (part.kind === 'config') return 'Configuration'
  return part.kind === 'blob' ? 'Content' : kindOf(part)
}
