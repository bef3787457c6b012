'use client'

import { useId, useState } from 'react'
import { teamKeys } from '@/components/teams/queries'
import { Button } from '@/components/ui/Button'
import { Checkbox } from '@/components/ui/Checkbox'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
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
  const form = useId()
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
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title="Add a person"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={action.pending}>
            Add person
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={action.pending}
        fields={action.fields}
        error={action.error}
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
      </Form>
    </Dialog>
  )
}
