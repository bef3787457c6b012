'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { facetOptions } from '@/components/files/facet-options'
import type { FileFilter } from '@/components/files/filter'
import { fileFacetsNow } from '@/components/files/queries'
import { teamChoices } from '@/components/teams/queries'
import { FilterBar, filterOf } from '@/components/ui/FilterBar'
import { stateOptions } from '@/components/ui/states'
import type { FileState } from '@/server/mirror/schema'

const states = stateOptions<FileState>(['pending', 'fetching', 'stored', 'failed', 'retired'])
const none: never[] = []

interface FileFiltersProps {
  filter: FileFilter
  onChange: (patch: Partial<FileFilter>, history?: 'push' | 'replace') => void
}

/** Search and filters of the files list. */
export function FileFilters({ filter, onChange }: FileFiltersProps) {
  const { data: teams } = useQuery(teamChoices)
  const { data: facets } = useQuery(fileFacetsNow)
  const names = useMemo(() => new Map(teams?.items.map(({ slug, name }) => [slug, name])), [teams])
  const isEstimate = facets?.isEstimate ?? false
  return (
    <FilterBar
      searchLabel="Search files"
      search={filter.q}
      onSearch={(q) => onChange({ q }, 'replace')}
      filters={[
        filterOf<FileState>({
          any: 'Any state',
          label: 'State',
          value: filter.state,
          options: states,
          onChange: (state) => onChange({ state }),
        }),
        {
          any: 'Any team',
          label: 'Team',
          value: filter.team,
          options: facetOptions(facets?.teams ?? none, { chosen: filter.team, names, isEstimate }),
          onChange: (team) => onChange({ team }),
        },
        {
          any: 'Any host',
          label: 'Host',
          value: filter.host,
          options: facetOptions(facets?.hosts ?? none, { chosen: filter.host, isEstimate }),
          onChange: (host) => onChange({ host }),
        },
        {
          any: 'Any licence',
          label: 'Licence',
          value: filter.licence,
          options: facetOptions(facets?.licences ?? none, { chosen: filter.licence, isEstimate }),
          onChange: (licence) => onChange({ licence }),
        },
      ]}
      onClear={() =>
        onChange({ q: undefined, state: undefined, team: undefined, host: undefined, licence: undefined })
      }
    />
  )
}
