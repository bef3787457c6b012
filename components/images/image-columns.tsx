import { ImageCause } from '@/components/images/ImageCause'
import { ImageMenu } from '@/components/images/ImageMenu'
import { isMoving } from '@/components/images/queries'
import { shortDigest } from '@/components/registry/kinds'
import { type Column, columnsOf } from '@/components/ui/columns'
import { formatCount } from '@/components/ui/format'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { menuColumn } from '@/components/ui/menu-column'
import { ProgressBar } from '@/components/ui/ProgressBar'
import { RowLink } from '@/components/ui/RowLink'
import { StateBadge } from '@/components/ui/StateBadge'
import { declaredColumns } from '@/components/uses/declared-columns'
import type { ImageSummary } from '@/server/images/schema'

/** Columns of the images list. */
export const imageColumns: Column<ImageSummary>[] = columnsOf<ImageSummary>([
  {
    id: 'what',
    header: 'Image',
    card: 'head',
    skeleton: 46,
    csv: ({ reference }) => reference,
    cell: ({ id, reference, digest, resolvedTag }) => (
      <RowLink href={`/images/${id}`}>
        <span className="flex min-w-0 items-baseline gap-2" title={reference}>
          <MiddleTruncate text={nameOf(reference)} tail={20} />
          <span className="shrink-0 font-mono text-ink-faint text-xs">
            {resolvedTag === null ? shortDigest(digest).slice(7) : resolvedTag}
          </span>
        </span>
      </RowLink>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '10.5rem',
    skeleton: 9,
    csv: ({ state }) => state,
    cell: (image) => <State image={image} />,
  },
  ...declaredColumns<ImageSummary>(),
  menuColumn((image) => <ImageMenu image={image} />),
])

/** `docker.io/library/debian` of a whole reference. */
function nameOf(reference: string): string {
  return reference.replace(/(:[\w.-]+)?@.*$/, '')
}

function State({ image }: { image: ImageSummary }) {
  const { state, error, partsDone, partsTotal } = image
  return (
    <span className="flex min-w-0 flex-col gap-1">
      <span className="flex items-center gap-2">
        <StateBadge state={state} cause={error === null ? undefined : <ImageCause image={image} />} />
        {isMoving(image) && partsTotal !== null && (
          <span className="whitespace-nowrap text-ink-muted text-xs tabular-nums">
            {formatCount(partsDone)} of {formatCount(partsTotal)}
          </span>
        )}
      </span>
      {isMoving(image) && partsTotal !== null && (
        <ProgressBar
          label={`Progress of ${image.reference}`}
          done={partsDone}
          total={partsTotal}
          size="thin"
        />
      )}
    </span>
  )
}
