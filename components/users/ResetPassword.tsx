'use client'

import { useState } from 'react'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { useAction } from '@/components/use-action'
import { newPassword } from '@/components/users/new-password'
import { PasswordOnce } from '@/components/users/PasswordOnce'
import { changeUser, userKeys } from '@/components/users/queries'
import type { User } from '@/server/auth/schema'

/** Sets a new password, and shows it once. */
export function ResetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const [password] = useState(newPassword)
  const [isSet, setSet] = useState(false)
  const action = useAction(changeUser, {
    faults: 'form',
    invalidates: [userKeys.all],
    onSuccess: () => setSet(true),
  })
  if (isSet) return <PasswordOnce email={user.email} password={password} onClose={onClose} />
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`New password for ${user.name}?`}
      lost="The present password stops working, and they are signed out everywhere."
      kept="Their tokens go on. A lock after wrong passwords is lifted. The new password is shown here once."
      name={user.email}
      verb="Set a new password"
      pending={action.pending}
      error={action.error ?? action.fields?.password}
      onConfirm={() => action.run({ id: user.id, password })}
    />
  )
}
