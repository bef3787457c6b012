'use client'

import { useState } from 'react'
import { teamKeys } from '@/components/teams/queries'
import { Checkbox } from '@/components/ui/Checkbox'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { useAction } from '@/components/use-action'
import { newPassword } from '@/components/users/new-password'
import { PasswordOnce } from '@/components/users/PasswordOnce'
import { createUser, userKeys } from '@/components/users/queries'
import { RoleChoice } from '@/components/users/RoleChoice'
import { TeamChoice } from '@/components/users/TeamChoice'
import type { Role } from '@/server/auth/schema'

/** Asks for a new person, then shows the password to hand over, once. */
export function CreateUser({ onClose }: { onClose: () => void }) {
  const [role, setRole] = useState<Role>('member')
  const [teams, setTeams] = useState<string[]>([])
  const [hasPassword, setHasPassword] = useState(true)
  const [password] = useState(newPassword)
  const [created, setCreated] = useState<string>()
  const action = useAction(createUser, {
    faults: 'form',
    invalidates: [userKeys.all, teamKeys.all],
    success: (user) => `${user.name} has an account.`,
    onSuccess: (user) => (hasPassword ? setCreated(user.email) : onClose()),
  })
  if (created !== undefined) return <PasswordOnce email={created} password={password} onClose={onClose} />
  return (
    <FormDialog
      width="medium"
      title="Add a person"
      verb="Add person"
      action={action}
      onClose={onClose}
      onSubmit={(values) =>
        action.run({
          name: String(values.get('name')),
          email: String(values.get('email')),
          role,
          teams,
          ...(hasPassword && { password }),
        })
      }
    >
      <Field label="Name" name="name" required>
        <Input autoComplete="off" />
      </Field>
      <Field label="E-mail" name="email" required help="They sign in with it.">
        <Input type="email" autoComplete="off" />
      </Field>
      <RoleChoice value={role} onChange={setRole} />
      <TeamChoice value={teams} onChange={setTeams} />
      <Checkbox
        label="Make a password"
        help="Shown once after this, for you to hand over. Without one they sign in through single sign-on."
        checked={hasPassword}
        onChange={setHasPassword}
      />
    </FormDialog>
  )
}
