'use client'

import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Notice } from '@/components/ui/Notice'
import { Snippet } from '@/components/ui/Snippet'

interface PasswordOnceProps {
  email: string
  password: string
  onClose: () => void
}

/** A password that was just set, this one time. */
export function PasswordOnce({ email, password, onClose }: PasswordOnceProps) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Hand over this password"
      description={`${email} signs in with it, and can change it under Account.`}
      footer={
        <Button variant="primary" onClick={onClose}>
          I have kept it
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Snippet code={password} label="password" />
        <Notice tone="attention">
          It is shown this once. Whoever loses it gets a new one from an administrator.
        </Notice>
      </div>
    </Dialog>
  )
}
