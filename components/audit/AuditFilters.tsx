'use client'

import { useQuery } from '@tanstack/react-query'
import { actionOptions } from '@/components/audit/actions'
import type { AuditFilter } from '@/components/audit/filter'
import { subjectTypes } from '@/components/audit/subjects'
import { type Filter, FilterBar } from '@/components/ui/FilterBar'
import { Input } from '@/components/ui/Input'
import type { Option } from '@/components/ui/Select'
import { userChoices } from '@/components/users/queries'

interface AuditFiltersProps {
  filter: AuditFilter
  onChange: (
    patch: { [Key in keyof AuditFilter]?: AuditFilter[Key] | undefined },
    history?: 'replace',
  ) => void
}

/** Who, what, about what, when. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const people = useQuery(userChoices)
  const actors = (people.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))
  const filters: Filter[] = [
    {
      any: 'Any action',
      label: 'Action',
      value: filter.action,
      options: including(actionOptions, filter.action, filter.action),
      onChange: (action) => onChange({ action }),
    },
    {
      any: 'Anybody',
      label: 'Actor',
      value: filter.actorId,
      options: including(actors, filter.actorId, 'One actor'),
      onChange: (actorId) => onChange({ actorId }),
    },
    {
      any: 'About anything',
      label: 'Subject',
      value: filter.subjectType,
      options: including(subjectTypes, filter.subjectType, filter.subjectType),
      onChange: (subjectType) => onChange({ subjectType, subjectId: undefined }),
    },
  ]
  return (
    <FilterBar
      searchLabel="Search names of people and things"
      search={filter.q}
      onSearch={(q) => onChange({ q }, 'replace')}
      filters={
        filter.subjectId === undefined ? filters : [...filters, oneSubject(filter.subjectId, onChange)]
      }
      onClear={() =>
        onChange({
          q: undefined,
          action: undefined,
          actorId: undefined,
          subjectType: undefined,
          subjectId: undefined,
          from: undefined,
          to: undefined,
        })
      }
    >
      <DayInput label="From day, UTC" value={filter.from} onChange={(from) => onChange({ from })} />
      <span className="text-ink-muted text-sm">to</span>
      <DayInput label="To day, UTC" value={filter.to} onChange={(to) => onChange({ to })} />
    </FilterBar>
  )
}

interface DayInputProps {
  label: string
  value: string | undefined
  onChange: (day: string | undefined) => void
}

function DayInput({ label, value, onChange }: DayInputProps) {
  return (
    <span className="w-35">
      <Input
        type="date"
        aria-label={label}
        title={label}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value || undefined)}
      />
    </span>
  )
}

function oneSubject(id: string, onChange: AuditFiltersProps['onChange']): Filter {
  return {
    any: 'Any one',
    label: 'One subject',
    value: id,
    options: [{ value: id, label: 'One of them' }],
    onChange: (subjectId) => onChange({ subjectId }),
  }
}

/** The options, and the one that a link has brought along. */
function including(options: readonly Option[], value: string | undefined, label: string | undefined) {
  if (value === undefined || options.some((option) => option.value === value)) return options
  return [...options, { value, label: label ?? value }]
}
