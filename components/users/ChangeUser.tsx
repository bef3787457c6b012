'use client'

import { useState } from 'react'
import { useViewer } from '@/components/providers/Viewer'
import { teamKeys } from '@/components/teams/queries'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { Notice } from '@/components/ui/Notice'
import { useAction } from '@/components/use-action'
import { changeUser, userKeys } from '@/components/users/queries'
import { RoleChoice } from '@/components/users/RoleChoice'
import { TeamChoice } from '@/components/users/TeamChoice'
import type { User } from '@/server/auth/schema'

/** Changes name, role and teams. */
export function ChangeUser({ user, onClose }: { user: User; onClose: () => void }) {
  const { me } = useViewer()
  const [role, setRole] = useState(user.role)
  const [teams, setTeams] = useState(user.teams.map(({ slug }) => slug))
  const action = useAction(changeUser, {
    faults: 'form',
    invalidates: [userKeys.all, teamKeys.all],
    success: (changed) => `${changed.name} was changed.`,
    onSuccess: onClose,
  })
  return (
    <FormDialog
      width="medium"
      title={`Change ${user.name}`}
      verb="Save changes"
      action={action}
      onClose={onClose}
      onSubmit={(values) => action.run({ id: user.id, name: String(values.get('name')), role, teams })}
    >
      <Field label="Name" name="name" required>
        <Input defaultValue={user.name} autoComplete="off" />
      </Field>
      <RoleChoice value={role} onChange={setRole} />
      {role !== user.role && (
        <Notice tone="attention">
          {user.id === me.id
            ? 'A new role signs you out: you sign in again with it.'
            : 'A new role signs them out: they sign in again with it. Their tokens go on, with the new role.'}
        </Notice>
      )}
      <TeamChoice value={teams} onChange={setTeams} />
    </FormDialog>
  )
}
