'use client'

import { Ban, Ellipsis, EyeOff, FilePlus2, FileSymlink, Undo2 } from 'lucide-react'
import { useDeciding } from '@/components/misses/deciding'
import { imageFormOf } from '@/components/misses/image-of'
import { mainSighting, programOf } from '@/components/misses/sightings'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { Count } from '@/components/ui/Count'
import { columnsOf } from '@/components/ui/columns'
import { DropdownMenu, type MenuEntry } from '@/components/ui/DropdownMenu'
import { IconButton } from '@/components/ui/IconButton'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { RowLink } from '@/components/ui/RowLink'
import { timeColumn } from '@/components/ui/time-column'
import type { Miss } from '@/server/mirror/schema'

/** Columns of the misses inbox. */
export const missColumns = columnsOf<Miss>([
  {
    id: 'what',
    header: 'URL',
    card: 'head',
    skeleton: 48,
    csv: ({ url }) => url,
    cell: (miss) => <MissedUrl miss={miss} />,
  },
  {
    id: 'who',
    header: 'Who asked',
    width: '17rem',
    skeleton: 26,
    csv: ({ sightings }) =>
      sightings.map(({ clientNetwork, userAgent }) => `${clientNetwork} ${userAgent}`).join('; '),
    cell: (miss) => <Asker miss={miss} />,
  },
  {
    id: 'count',
    header: 'Asked',
    width: '7rem',
    align: 'end',
    skeleton: 6,
    csv: ({ count }) => count,
    cell: ({ count }) => (
      <span className="whitespace-nowrap">
        <Count value={count} noun="time" />
      </span>
    ),
  },
  timeColumn(({ firstSeenAt }) => firstSeenAt, {
    id: 'first',
    header: 'First',
    width: '6rem',
    from: 'xl',
    card: 'hidden',
  }),
  timeColumn(({ lastSeenAt }) => lastSeenAt, { id: 'last', header: 'Last', width: '6rem' }),
  {
    id: 'decide',
    header: 'Actions',
    hiddenHeader: true,
    width: '9rem',
    align: 'end',
    card: 'end',
    skeleton: 12,
    cell: (miss) => <Decide miss={miss} />,
  },
])

function MissedUrl({ miss }: { miss: Miss }) {
  const { decide } = useDeciding()
  const url = <MiddleTruncate text={miss.url} tail={26} />
  const href = pageOf(miss)
  if (href !== undefined) return <RowLink href={href}>{url}</RowLink>
  return (
    <button
      type="button"
      onClick={() => decide('declare', miss)}
      className="flex min-w-0 max-w-full items-center rounded-sm text-left hover:text-accent hover:underline"
    >
      {url}
    </button>
  )
}

/** What it was declared as, or the form for an image; a file is declared where it is listed. */
function pageOf({ fileId, imageId, url }: Miss): string | undefined {
  if (fileId !== null) return `/files/${fileId}`
  return imageId === null ? imageFormOf(url) : `/images/${imageId}`
}

function Asker({ miss: { sightings } }: { miss: Miss }) {
  const { main, others } = mainSighting(sightings)
  if (!main) return <span className="text-ink-faint">–</span>
  return (
    <span className="flex min-w-0 items-center gap-2">
      {main.team !== null && <Badge>{main.team}</Badge>}
      <span className="min-w-0 truncate" title={`${main.clientNetwork} ${main.userAgent}`}>
        {programOf(main.userAgent)}
      </span>
      <code className="shrink-0 font-mono text-ink-muted text-xs">{main.clientNetwork}</code>
      {others > 0 && <span className="shrink-0 text-ink-muted text-xs">+{others}</span>}
    </span>
  )
}

function Decide({ miss }: { miss: Miss }) {
  const { decide, refusals } = useDeciding()
  const entries: MenuEntry[] = []
  if (miss.fileId !== null)
    entries.push({ label: 'Open the file', icon: FileSymlink, href: `/files/${miss.fileId}` })
  if (miss.imageId !== null)
    entries.push({ label: 'Open the image', icon: FileSymlink, href: `/images/${miss.imageId}` })
  const form = imageFormOf(miss.url)
  if (miss.state === 'open') {
    entries.push({
      label: 'Dismiss',
      hint: 'Further requests are only counted',
      icon: EyeOff,
      disabledReason: refusals.dismiss,
      onSelect: () => decide('dismiss', miss),
    })
  }
  if (miss.state === 'dismissed') {
    entries.push({
      label: 'Put it back',
      icon: Undo2,
      disabledReason: refusals.reopen,
      onSelect: () => decide('reopen', miss),
    })
  }
  entries.push({
    label: `Block ${miss.host}`,
    icon: Ban,
    danger: true,
    disabledReason: refusals.block,
    onSelect: () => decide('block', miss),
  })
  return (
    <span className="inline-flex items-center gap-1">
      {miss.state !== 'declared' && (
        <Button
          size="small"
          icon={FilePlus2}
          {...(form !== undefined && refusals.declare === undefined
            ? { href: form }
            : { disabledReason: refusals.declare, onClick: () => decide('declare', miss) })}
        >
          Declare
        </Button>
      )}
      <DropdownMenu
        trigger={<IconButton size="small" icon={Ellipsis} label="More decisions" />}
        entries={entries}
      />
    </span>
  )
}
