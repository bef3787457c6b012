'use client'

import { useQuery } from '@tanstack/react-query'
import { teamChoices } from '@/components/teams/queries'
import { Combobox } from '@/components/ui/Combobox'
import { Field } from '@/components/ui/Field'
import { Select } from '@/components/ui/Select'
import { userChoices } from '@/components/users/queries'
import type { RuleSubject } from '@/server/oci/access/schema'

/** Whom a rule is about: `user` is an id, `team` a slug. */
export interface RuleWho {
  subject: RuleSubject
  user?: string
  team?: string
}

const subjects: { value: RuleSubject; label: string }[] = [
  { value: 'team', label: 'A team' },
  { value: 'user', label: 'A person' },
  { value: 'signed_in', label: 'Everyone who is signed in' },
  { value: 'everyone', label: 'Everyone, also without a name' },
]

interface SubjectFieldProps {
  value: RuleWho
  onChange: (who: RuleWho) => void
  /** Who may not see the list of people cannot choose one. */
  mayListPeople: boolean
}

/** A kind of subject, and then the team or the person. */
export function SubjectField({ value, onChange, mayListPeople }: SubjectFieldProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Who?" name="subject" required>
        <Select
          options={mayListPeople ? subjects : subjects.filter(({ value: each }) => each !== 'user')}
          value={value.subject}
          onChange={(subject) => {
            const known = subjects.find((one) => one.value === subject)
            if (known) onChange({ subject: known.value })
          }}
        />
      </Field>
      {value.subject === 'team' && (
        <TeamField value={value.team ?? ''} onChange={(team) => onChange({ subject: 'team', team })} />
      )}
      {value.subject === 'user' && (
        <PersonField value={value.user ?? ''} onChange={(user) => onChange({ subject: 'user', user })} />
      )}
    </div>
  )
}

interface ChoiceProps {
  value: string
  onChange: (value: string) => void
}

/** One of all teams, by slug. */
export function TeamField({ value, onChange }: ChoiceProps) {
  const { data } = useQuery(teamChoices)
  const options = data?.items.map(({ slug, name }) => ({ value: slug, label: name })) ?? []
  return (
    <Field label="Team" name="team" required>
      <Select
        options={options}
        value={value}
        placeholder={value === '' ? 'Choose a team' : undefined}
        onChange={onChange}
      />
    </Field>
  )
}

/** One of all people, by id. */
export function PersonField({ value, onChange }: ChoiceProps) {
  const { data, isPending } = useQuery(userChoices)
  const people = data?.items.filter(({ disabledAt }) => disabledAt === null) ?? []
  return (
    <Field label="Person" name="user" required>
      <Combobox
        value={value}
        onChange={onChange}
        placeholder={isPending ? 'Reading people …' : 'Name or e-mail'}
        options={people.map(({ id, name, email }) => ({ value: id, label: `${name} · ${email}` }))}
      />
    </Field>
  )
}
