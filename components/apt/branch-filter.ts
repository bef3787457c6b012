import type { RepositoryFilter, RepositoryFilterChange } from '@/components/apt/filter'
import type { Filter } from '@/components/ui/FilterBar'
import type { RepositoryDetail } from '@/server/apt/schema'

/** Narrows a list of a repository to one branch. */
export function branchFilter(
  { branches }: RepositoryDetail,
  { branch }: RepositoryFilter,
  onFilter: RepositoryFilterChange,
): Filter {
  return {
    any: 'Any branch',
    label: 'Branch',
    value: branch,
    options: branches.map(({ name }) => ({ value: name, label: name })),
    onChange: (next) => onFilter({ branch: next }),
  }
}
