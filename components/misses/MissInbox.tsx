'use client'

import { useQuery } from '@tanstack/react-query'
import { BlockedHosts } from '@/components/misses/BlockedHosts'
import type { MissFilter, MissTab } from '@/components/misses/filter'
import { MissList } from '@/components/misses/MissList'
import { railCounts } from '@/components/shell/queries'
import { Tabs } from '@/components/ui/Tabs'
import { useUrlState } from '@/components/url-state'

const usual: MissFilter = { state: 'open' }

/** What clients were refused: to decide, declared, dismissed, and the hosts that are blocked. */
export function MissInbox() {
  const [filter, setFilter] = useUrlState(usual)
  const { data: counts } = useQuery(railCounts)
  const list = <MissList key={filter.state} filter={filter} onFilter={setFilter} />
  return (
    <Tabs
      label="Misses"
      value={filter.state}
      onChange={(state) => setFilter({ state: state as MissTab, q: undefined, host: undefined })}
      tabs={[
        { value: 'open', label: 'To decide', count: counts?.openMisses, content: list },
        { value: 'declared', label: 'Declared', content: list },
        { value: 'dismissed', label: 'Dismissed', content: list },
        {
          value: 'blocked',
          label: 'Blocked hosts',
          content: <BlockedHosts cursor={filter.cursor} onCursor={(cursor) => setFilter({ cursor })} />,
        },
      ]}
    />
  )
}
