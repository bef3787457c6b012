'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { facetOptions } from '@/components/files/facet-options'
import type { ImageFilter } from '@/components/images/filter'
import { imageFacetsNow } from '@/components/images/queries'
import { teamChoices } from '@/components/teams/queries'
import { FilterBar, filterOf } from '@/components/ui/FilterBar'
import { stateOptions } from '@/components/ui/states'
import type { ImageState } from '@/server/images/schema'

const states = stateOptions<ImageState>(['pending', 'fetching', 'stored', 'failed', 'retired'])
const none: never[] = []

interface ImageFiltersProps {
  filter: ImageFilter
  onChange: (patch: Partial<ImageFilter>, history?: 'push' | 'replace') => void
}

/** Search and filters of the images list. */
export function ImageFilters({ filter, onChange }: ImageFiltersProps) {
  const { data: teams } = useQuery(teamChoices)
  const { data: facets } = useQuery(imageFacetsNow)
  const names = useMemo(() => new Map(teams?.items.map(({ slug, name }) => [slug, name])), [teams])
  return (
    <FilterBar
      searchLabel="Search images"
      search={filter.q}
      onSearch={(q) => onChange({ q }, 'replace')}
      filters={[
        filterOf<ImageState>({
          any: 'Any state',
          label: 'State',
          value: filter.state,
          options: states,
          onChange: (state) => onChange({ state }),
        }),
        {
          any: 'Any registry',
          label: 'Registry',
          value: filter.registry,
          options: facetOptions(facets?.registries ?? none, { chosen: filter.registry }),
          onChange: (registry) => onChange({ registry }),
        },
        {
          any: 'Any team',
          label: 'Team',
          value: filter.team,
          options: facetOptions(facets?.teams ?? none, { chosen: filter.team, names }),
          onChange: (team) => onChange({ team }),
        },
      ]}
      onClear={() => onChange({ q: undefined, state: undefined, registry: undefined, team: undefined })}
    />
  )
}
