import type { LucideIcon } from 'lucide-react'
import { CircleAlert, CircleCheck, Container, Download, FileQuestion, HardDrive } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { cx } from '@/components/ui/class-names'
import { formatCount, formatSize } from '@/components/ui/format'
import type { Overview } from '@/server/api/schema'

/** What there is and what waits for a person; each number leads to the list behind it. */
export function Figures({ overview: { files, images, bytes, openMisses } }: { overview: Overview }) {
  const onTheWay = files.pending + files.fetching
  const imagesOnTheWay = images.pending + images.fetching
  return (
    <ul className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 lg:grid-cols-6">
      <Figure
        href="/files?state=stored"
        icon={CircleCheck}
        label="Files stored"
        value={formatCount(files.stored)}
      />
      <Figure
        href={images.failed > 0 ? '/images?state=failed' : '/images?state=stored'}
        icon={Container}
        label="Images stored"
        value={formatCount(images.stored)}
        note={imagesNote(imagesOnTheWay, images.failed)}
      />
      <Figure href="/files?state=stored" icon={HardDrive} label="Kept for ever" value={formatSize(bytes)} />
      <Figure
        href={files.pending > files.fetching ? '/files?state=pending' : '/files?state=fetching'}
        icon={Download}
        label="On their way"
        value={formatCount(onTheWay)}
        note={
          onTheWay > 0 && `${formatCount(files.fetching)} fetching, ${formatCount(files.pending)} pending`
        }
        tone={onTheWay > 0 ? 'text-working' : undefined}
      />
      <Figure
        href="/files?state=failed"
        icon={CircleAlert}
        label="Failed"
        value={formatCount(files.failed)}
        tone={files.failed > 0 ? 'text-failed' : undefined}
      />
      <Figure
        href="/misses"
        icon={FileQuestion}
        label={openMisses === 1 ? 'Miss to decide' : 'Misses to decide'}
        value={formatCount(openMisses)}
        tone={openMisses > 0 ? 'text-attention' : undefined}
      />
    </ul>
  )
}

/** What of the images waits or has failed, if anything. */
function imagesNote(onTheWay: number, failed: number): string | false {
  const parts = [
    onTheWay > 0 && `${formatCount(onTheWay)} on their way`,
    failed > 0 && `${formatCount(failed)} failed`,
  ].filter(Boolean)
  return parts.length > 0 && parts.join(', ')
}

interface FigureProps {
  href: string
  icon: LucideIcon
  label: string
  value: string
  note?: ReactNode
  /** Colour of icon and number while somebody must look. */
  tone?: string
}

function Figure({ href, icon: Icon, label, value, note, tone }: FigureProps) {
  return (
    <li className="flex bg-surface">
      <Link
        href={href}
        className="flex flex-1 flex-col gap-1 px-4 py-3.5 hover:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="flex items-center gap-1.5 text-ink-muted text-sm">
          <Icon aria-hidden size={14} className={tone ?? 'text-ink-faint'} />
          {label}
        </span>
        <span className={cx('text-2xl tracking-tight', tone)}>{value}</span>
        {note && <span className="text-ink-muted text-xs">{note}</span>}
      </Link>
    </li>
  )
}
