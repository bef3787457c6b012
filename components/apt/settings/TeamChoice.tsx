'use client'

import { useQuery } from '@tanstack/react-query'
import { teamChoices } from '@/components/teams/queries'
import { Field } from '@/components/ui/Field'
import { Select } from '@/components/ui/Select'

/** Whose repository it is; nobody's is every member's. */
export function TeamChoice({ value, onChange }: { value: string; onChange: (slug: string) => void }) {
  const { data } = useQuery(teamChoices)
  const options = data?.items.map(({ slug, name }) => ({ value: slug, label: name })) ?? []
  const known = options.some((option) => option.value === value) || value === ''
  return (
    <Field
      label="Team"
      name="team"
      help="Only its members upload to the repository and move packages in it. Everybody reads."
    >
      <Select
        placeholder="Every member"
        options={known ? options : [{ value, label: value }, ...options]}
        value={value}
        onChange={onChange}
      />
    </Field>
  )
}
