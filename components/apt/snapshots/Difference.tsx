import type { ReactNode } from 'react'
import { type DifferenceLine, differencesOf } from '@/components/apt/snapshots/differences'
import { Badge } from '@/components/ui/Badge'
import { Notice } from '@/components/ui/Notice'
import { ScrollRegion } from '@/components/ui/ScrollRegion'
import type { SnapshotDiff } from '@/server/apt/snapshots/schema'

const usual = { came: 'Came', left: 'Left', changed: 'Other version' }

interface DifferenceProps {
  diff: SnapshotDiff
  /** What the groups are called. */
  titles?: typeof usual
}

/** What differs between two snapshots, in as many columns as there is room for. */
export function Difference({ diff, titles = usual }: DifferenceProps) {
  const { came, left, changed } = differencesOf(diff.changes)
  if (diff.changes.length === 0) {
    return <p className="text-ink-muted text-sm">The same packages in both.</p>
  }
  return (
    <div className="flex flex-col gap-4">
      {diff.truncated && <Notice tone="attention">There are more differences than are shown here.</Notice>}
      <div className="grid min-w-0 grid-cols-[repeat(auto-fit,minmax(min(18rem,100%),1fr))] items-start gap-4">
        <Group title={titles.came} lines={came}>
          {({ after }) => after.join(' ')}
        </Group>
        <Group title={titles.left} lines={left}>
          {({ before }) => before.join(' ')}
        </Group>
        <Group title={titles.changed} lines={changed}>
          {({ before, after }) => `${before.join(' ')} → ${after.join(' ')}`}
        </Group>
      </div>
    </div>
  )
}

interface GroupProps {
  title: string
  lines: readonly DifferenceLine[]
  /** The versions of a line. */
  children: (line: DifferenceLine) => ReactNode
}

function Group({ title, lines, children }: GroupProps) {
  if (lines.length === 0) return null
  return (
    <section className="flex min-w-0 flex-col gap-1.5">
      <h3 className="text-sm">
        {title} <span className="font-normal text-ink-muted">{lines.length}</span>
      </h3>
      <div className="overflow-hidden rounded-md border border-line">
        <ScrollRegion label={title} axis="y">
          <ul className="divide-y divide-line">
            {lines.map((line) => (
              <li
                key={line.key}
                className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5 px-2.5 py-1.5 text-sm"
              >
                <span className="min-w-0 break-all">{line.name}</span>
                <Badge>{line.architectures.join(' ')}</Badge>
                <span className="ml-auto font-mono text-xs">{children(line)}</span>
              </li>
            ))}
          </ul>
        </ScrollRegion>
      </div>
    </section>
  )
}
