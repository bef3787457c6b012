'use client'

import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { addMember, teamKeys } from '@/components/teams/queries'
import { Button } from '@/components/ui/Button'
import { Combobox } from '@/components/ui/Combobox'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { useAction } from '@/components/use-action'
import { userChoices, userKeys } from '@/components/users/queries'
import type { Team } from '@/server/auth/schema'

/** Asks whom to put into a team. */
export function AddMember({ team, onClose }: { team: Team; onClose: () => void }) {
  const form = useId()
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
    <Dialog
      open
      onOpenChange={onClose}
      title={`Add a member to ${team.name}`}
      description="Counts at once, also for sessions and tokens that are open."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            pending={action.pending}
            disabledReason={userId === '' ? 'Choose a person first.' : undefined}
          >
            Add member
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={action.pending}
        fields={action.fields}
        error={action.error}
        onSubmit={() => userId !== '' && action.run({ slug: team.slug, userId })}
      >
        <div className="min-h-76">
          <Field
            label="Person"
            name="userId"
            required
            help="Type a part of the name or of the e-mail address."
          >
            <Combobox
              value={userId}
              onChange={setUserId}
              placeholder={people.isPending ? 'Reading people …' : 'Name or e-mail'}
              options={candidates.map(({ id, name, email }) => ({ value: id, label: `${name} · ${email}` }))}
            />
          </Field>
        </div>
      </Form>
    </Dialog>
  )
}
