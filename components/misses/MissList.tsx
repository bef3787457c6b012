'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CircleCheck, EyeOff, FileQuestion } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { BlockHost } from '@/components/misses/BlockHost'
import { DeclareMiss } from '@/components/misses/DeclareMiss'
import { type Asking, DecidingProvider, type Decision, useDecisions } from '@/components/misses/deciding'
import type { MissFilter, MissTab } from '@/components/misses/filter'
import { missColumns } from '@/components/misses/miss-columns'
import { missList } from '@/components/misses/queries'
import { Button } from '@/components/ui/Button'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar } from '@/components/ui/FilterBar'
import { Kbd } from '@/components/ui/Kbd'
import { Pagination } from '@/components/ui/Pagination'
import type { Miss } from '@/server/mirror/schema'

interface MissListProps {
  filter: MissFilter
  onFilter: (patch: Partial<MissFilter>, history?: 'push' | 'replace') => void
}

const none: never[] = []
const nothing: ReadonlySet<string> = new Set()
const KEYS: Record<string, Decision> = { d: 'declare', x: 'dismiss', b: 'block' }

/** Misses in one state, and the decisions about them: by button, by menu, and by key on the row that has the focus. */
export function MissList({ filter, onFilter }: MissListProps) {
  const [selected, select] = useState(nothing)
  const [asking, ask] = useState<Asking>()
  const misses = useQuery({ ...missList(filter), placeholderData: keepPreviousData })
  const shown: readonly Miss[] = misses.data?.items ?? none
  const { decide, refusals, dismiss } = useDecisions(ask, () => select(nothing))
  const isOpen = filter.state === 'open'
  // Before the table's own keys, where `x` selects.
  const decideByKey = (event: KeyboardEvent<HTMLElement>) => {
    const decision = KEYS[event.key]
    const row = event.target instanceof HTMLElement && event.target.closest<HTMLElement>('[data-row]')
    const miss = row && shown.find(({ id }) => id === row.dataset.row)
    if (!decision || !miss || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    if (refusals[decision] === undefined && miss.state !== 'declared') decide(decision, miss)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys for what the buttons of the row do
    <div onKeyDown={decideByKey} className="flex flex-col gap-4">
      <MissFilters filter={filter} onFilter={onFilter} shown={shown} />
      <DecidingProvider value={{ decide, refusals }}>
        <DataTable
          label="Misses"
          query={misses}
          columns={missColumns}
          csv="misses"
          empty={<NoMisses filter={filter} />}
          selection={
            isOpen
              ? {
                  ids: selected,
                  onChange: select,
                  actions: (
                    <Button
                      size="small"
                      icon={EyeOff}
                      pending={dismiss.pending}
                      disabledReason={refusals.dismiss}
                      onClick={() => dismiss.run({ ids: [...selected] })}
                    >
                      {`Dismiss ${selected.size}`}
                    </Button>
                  ),
                }
              : undefined
          }
          pagination={
            <Pagination
              cursor={filter.cursor}
              nextCursor={misses.data?.nextCursor}
              onCursor={(cursor) => onFilter({ cursor })}
            />
          }
        />
      </DecidingProvider>
      {isOpen && shown.length > 0 && <KeyHints />}
      {asking?.decision === 'declare' && <DeclareMiss miss={asking.miss} onClose={() => ask(undefined)} />}
      {asking?.decision === 'block' && <BlockHost host={asking.miss.host} onClose={() => ask(undefined)} />}
    </div>
  )
}

function MissFilters({ filter, onFilter, shown }: MissListProps & { shown: readonly Miss[] }) {
  const hosts = [
    ...new Set([...shown.map(({ host }) => host), ...(filter.host ? [filter.host] : none)]),
  ].sort()
  return (
    <FilterBar
      searchLabel="Search misses"
      search={filter.q}
      onSearch={(q) => onFilter({ q }, 'replace')}
      filters={[
        {
          any: 'Any host',
          label: 'Host',
          value: filter.host,
          options: hosts.map((host) => ({ value: host, label: host })),
          onChange: (host) => onFilter({ host }),
        },
      ]}
      onClear={() => onFilter({ q: undefined, host: undefined })}
    />
  )
}

const empty: Record<Exclude<MissTab, 'blocked'>, string> = {
  open: 'Nothing to decide. A URL that a client asks for through the proxy, and that nobody has declared, lands here with who asked.',
  declared: 'No miss was declared so far. Those that you declare move here, with a link to the file.',
  dismissed:
    'No miss was dismissed so far. A dismissed one stays here, still counted, until somebody puts it back.',
}

function NoMisses({ filter }: { filter: MissFilter }) {
  if (filter.q !== undefined || filter.host !== undefined) {
    return <EmptyState icon={FileQuestion} sentence="No miss matches these filters." />
  }
  const tab = filter.state === 'blocked' ? 'open' : filter.state
  return (
    <EmptyState
      icon={tab === 'open' ? CircleCheck : FileQuestion}
      sentence={empty[tab]}
      action={tab === 'open' && <Button href="/setup">Set up a client</Button>}
    />
  )
}

function KeyHints() {
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-muted text-xs max-md:hidden">
      <span>
        <Kbd>j</Kbd> <Kbd>k</Kbd> move
      </span>
      <span>
        <Kbd>d</Kbd> declare
      </span>
      <span>
        <Kbd>x</Kbd> dismiss
      </span>
      <span>
        <Kbd>b</Kbd> block the host
      </span>
    </p>
  )
}
