import { CircleCheck } from 'lucide-react'
import { RetryButton } from '@/components/files/FileCause'
import { Button } from '@/components/ui/Button'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { Panel } from '@/components/ui/Panel'
import { RowLink } from '@/components/ui/RowLink'
import type { Overview } from '@/server/api/schema'

/** What failed last, why, and the retry. */
export function RecentFailures({ failures }: { failures: Overview['recentFailures'] }) {
  return (
    <Panel
      title="Failed lately"
      padding="flush"
      actions={
        failures.length > 0 && (
          <Button size="small" variant="quiet" href="/files?state=failed">
            All failed files
          </Button>
        )
      }
    >
      {failures.length === 0 ? (
        <p className="flex items-center gap-2 px-4 py-6 text-ink-muted text-sm">
          <CircleCheck aria-hidden size={15} className="text-ok" />
          Every declared file is stored or on its way.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {failures.map(({ id, uri, error }) => (
            <li key={id} className="flex items-start gap-3 px-4 py-2.5">
              <div className="min-w-0 flex-1">
                <RowLink href={`/files/${id}`}>
                  <MiddleTruncate text={uri} tail={24} />
                </RowLink>
                <p className="line-clamp-2 text-ink-muted text-sm" title={error}>
                  {error}
                </p>
              </div>
              <RetryButton id={id} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
