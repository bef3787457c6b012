'use client'

import { useQuery } from '@tanstack/react-query'
import { LicenceField } from '@/components/declare/LicenceField'
import type { UseValues } from '@/components/declare/use-values'
import { useViewer } from '@/components/providers/Viewer'
import { teamChoices } from '@/components/teams/queries'
import { Field } from '@/components/ui/Field'
import { Input } from '@/components/ui/Input'
import { Notice } from '@/components/ui/Notice'
import { Select } from '@/components/ui/Select'
import { Textarea } from '@/components/ui/Textarea'

interface UseFieldsProps {
  values: UseValues
  onChange: (patch: Partial<UseValues>) => void
  /** `fixed`: the use exists, and belongs to its team. */
  team?: 'choice' | 'fixed'
  /** The cursor starts in the reason. */
  autoFocus?: boolean
}

/** Why, for which team, in which project, under which licence. */
export function UseFields({ values, onChange, team = 'choice', autoFocus }: UseFieldsProps) {
  return (
    <>
      <Field
        label="Why do you need it?"
        name="reason"
        required
        help="One sentence that a colleague understands in two years."
      >
        <Textarea
          rows={2}
          value={values.reason}
          onChange={(event) => onChange({ reason: event.target.value })}
          autoFocus={autoFocus}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        {team === 'choice' && <TeamField value={values.team} onChange={(slug) => onChange({ team: slug })} />}
        <Field label="Project" name="project">
          <Input
            value={values.project}
            onChange={(event) => onChange({ project: event.target.value })}
            autoComplete="off"
            maxLength={100}
          />
        </Field>
      </div>
      <LicenceField value={values.licence} onChange={(licence) => onChange({ licence })} />
    </>
  )
}

interface TeamFieldProps {
  value: string | undefined
  onChange: (slug: string) => void
}

/** One of the person's teams; administrators act for any. */
function TeamField({ value, onChange }: TeamFieldProps) {
  const { me } = useViewer()
  const all = useQuery({ ...teamChoices, enabled: me.role === 'administrator' })
  const teams = all.data?.items ?? me.teams
  if (teams.length === 0 && !all.isLoading) {
    return (
      <Notice tone="attention">
        You belong to no team yet. Ask an administrator to put you into one; then declare.
      </Notice>
    )
  }
  return (
    <Field label="Team" name="team" required>
      <Select
        options={teams.map(({ slug, name }) => ({ value: slug, label: name }))}
        value={value ?? ''}
        placeholder={value === undefined ? 'Choose a team' : undefined}
        onChange={onChange}
      />
    </Field>
  )
}
