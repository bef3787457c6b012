import { formatShort } from '@/components/ui/format'
import type { Option } from '@/components/ui/Select'
import type { FileFacets } from '@/server/mirror/schema'

interface FacetOptions {
  /** The one that is chosen; offered even when nothing has it. */
  chosen: string | undefined
  /** What a value is called; itself by default. */
  names?: ReadonlyMap<string, string>
  /** Counts are estimates, and are said so. */
  isEstimate?: boolean
}

/** Values of a filter with how many files each has, the most frequent first. */
export function facetOptions(
  facet: FileFacets['hosts'],
  { chosen, names, isEstimate = false }: FacetOptions,
): Option[] {
  const nameOf = (value: string) => names?.get(value) ?? value
  const about = isEstimate ? 'about ' : ''
  const options = facet.map(({ value, count }) => ({
    value,
    label: `${nameOf(value)} (${about}${formatShort(count)})`,
  }))
  if (chosen === undefined || facet.some(({ value }) => value === chosen)) return options
  return [{ value: chosen, label: nameOf(chosen) }, ...options]
}
