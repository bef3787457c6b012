'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { addMember, teamKeys } from '@/components/teams/queries'
import { Combobox } from '@/components/ui/Combobox'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { useAction } from '@/components/use-action'
import { userChoices, userKeys } from '@/components/users/queries'
import type { Team } from '@/server/auth/schema'

/** Asks whom to put into a team. */
export function AddMember({ team, onClose }: { team: Team; onClose: () => void }) {
  const [userId, setUserId] = useState('')
  const people = useQuery(userChoices)
  const candidates = (people.data?.items ?? []).filter(
    (user) => user.disabledAt === null && !user.teams.some(({ slug }) => slug === team.slug),
  )
  const action = useAction(addMember, {
    faults: 'form',
    invalidates: [teamKeys.all, userKeys.all],
    success: (_, { userId: added }) => {
      const person = candidates.find(({ id }) => id === added)
      return `${person?.name ?? 'The person'} may declare for ${team.name} from now on.`
    },
    onSuccess: onClose,
  })
  return (
    <FormDialog
      title={`Add a member to ${team.name}`}
      description="Counts at once, also for sessions and tokens that are open."
      verb="Add member"
      action={action}
      disabledReason={userId === '' ? 'Choose a person first.' : undefined}
      onClose={onClose}
      onSubmit={() => userId !== '' && action.run({ slug: team.slug, userId })}
    >
      <div className="min-h-76">
        <Field label="Person" name="userId" required help="Type a part of the name or of the e-mail address.">
          <Combobox
            value={userId}
            onChange={setUserId}
            placeholder={people.isPending ? 'Reading people …' : 'Name or e-mail'}
            options={candidates.map(({ id, name, email }) => ({ value: id, label: `${name} · ${email}` }))}
          />
        </Field>
      </div>
    </FormDialog>
  )
}
