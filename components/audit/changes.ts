/** One field of an audit entry: what it was, where that is known, and what it is. */
export interface FieldChange {
  field: string
  from?: string
  to: string
}

const fromTo = (value: unknown): value is { from: unknown; to: unknown } =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value

/** The details of an audit entry, field by field. */
export function fieldChanges(details: Record<string, unknown>): FieldChange[] {
  return Object.entries(details).map(([field, value]) =>
    fromTo(value)
      ? { field, from: readable(value.from), to: readable(value.to) }
      : { field, to: readable(value) },
  )
}

/** The details in one line: `role: member → maintainer · teams: core`. */
export function changeSummary(details: Record<string, unknown>): string {
  return fieldChanges(details)
    .map(({ field, from, to }) => `${field}: ${from === undefined ? '' : `${from} → `}${to}`)
    .join(' · ')
}

function readable(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (value === true || value === false) return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(readable).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
