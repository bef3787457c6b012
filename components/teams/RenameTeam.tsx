'use client'

import { renameTeam, teamKeys } from '@/components/teams/queries'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { useAction } from '@/components/use-action'
import type { Team } from '@/server/auth/schema'

/** Asks for another name; the slug stays. */
export function RenameTeam({ team, onClose }: { team: Team; onClose: () => void }) {
  const action = useAction(renameTeam, {
    faults: 'form',
    invalidates: [teamKeys.all],
    success: (renamed) => `The team is called ${renamed.name} now.`,
    onSuccess: onClose,
  })
  return (
    <FormDialog
      title="Rename team"
      description={`The slug “${team.slug}” stays, because commands and tokens use it.`}
      verb="Rename"
      action={action}
      onClose={onClose}
      onSubmit={(values) => action.run({ slug: team.slug, name: String(values.get('name')) })}
    >
      <Field label="Name" name="name" required>
        <Input defaultValue={team.name} autoComplete="off" />
      </Field>
    </FormDialog>
  )
}
