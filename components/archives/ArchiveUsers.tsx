import { Count } from '@/components/ui/Count'
import { formatSize } from '@/components/ui/format'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { OneLine } from '@/components/ui/OneLine'
import { Panel } from '@/components/ui/Panel'
import { Time } from '@/components/ui/Time'
import type { ArchiveUses } from '@/server/archives/schema'

/** Who still fetches from an archive: the people to talk to before it is buried. */
export function ArchiveUsers({ items }: { items: ArchiveUses['items'] }) {
  if (items.length === 0) {
    return (
      <Panel title="By whom">
        <p className="text-ink-muted text-sm">No client is on record. It can be buried without a noise.</p>
      </Panel>
    )
  }
  return (
    <Panel title="By whom" padding="flush">
      <ul className="divide-y divide-line">
        {items.map(({ client, userAgent, downloads, bytes, lastPath, lastAt }) => (
          <li key={`${client} ${userAgent}`} className="flex flex-col gap-0.5 px-4 py-2 text-sm">
            <span className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-mono text-xs">{client}</span>
              <OneLine text={userAgent} look="small" />
              <span className="ml-auto text-ink-muted text-xs">
                <Time at={lastAt} />
              </span>
            </span>
            <span className="flex min-w-0 items-baseline gap-x-3">
              <MiddleTruncate text={lastPath} tail={24} />
              <span className="ml-auto shrink-0 text-xs">
                <Count value={downloads} noun="download" /> · {formatSize(bytes)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
