import { queryOptions } from '@tanstack/react-query'
import type { Option } from '@/components/ui/Select'

/** Offered before anything is typed. */
const FREQUENT = [
  'MIT',
  'Apache-2.0',
  'BSD-3-Clause',
  'BSD-2-Clause',
  'ISC',
  'GPL-2.0-only',
  'GPL-3.0-only',
  'LGPL-2.1-only',
  'MPL-2.0',
  'Zlib',
]

/** SPDX identifiers with their names, the frequent ones first. The list is loaded when it is first asked for. */
export const licenceOptions = queryOptions({
  queryKey: ['licences'] as const,
  queryFn: async (): Promise<Option[]> => {
    const { default: list } = await import('spdx-license-list')
    const rest = Object.keys(list)
      .filter((id) => !FREQUENT.includes(id))
      .sort()
    return [...FREQUENT, ...rest].map((id) => ({ value: id, label: `${id} · ${list[id]?.name ?? id}` }))
  },
  staleTime: Number.POSITIVE_INFINITY,
})
