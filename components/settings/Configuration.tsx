import type { ReactNode } from 'react'
import { Panel } from '@/components/ui/Panel'

export interface Setting {
  term: string
  value: ReactNode
  /** The variable that sets it; nothing sets a version. */
  variable?: string
}

interface ConfigurationProps {
  title: string
  settings: readonly Setting[]
}

/** Part of the effective configuration: what it is, and which variable sets it. */
export function Configuration({ title, settings }: ConfigurationProps) {
  return (
    <Panel title={title}>
      <dl className="flex flex-col gap-2.5 text-sm">
        {settings.map(({ term, value, variable }) => (
          <div key={term} className="grid gap-x-4 sm:grid-cols-[11rem_minmax(0,1fr)]">
            <dt className="text-ink-muted">{term}</dt>
            <dd className="min-w-0">
              {value}
              {variable !== undefined && (
                <code className="block font-mono text-ink-faint text-xs">{variable}</code>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
