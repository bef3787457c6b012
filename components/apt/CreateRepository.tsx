'use client'

import { useId, useState } from 'react'
import { CreateRepositoryForm } from '@/components/apt/settings/CreateRepositoryForm'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'

/** Asks for a new repository in front of the list. */
export function CreateRepository({ onClose }: { onClose: () => void }) {
  const form = useId()
  const [isPending, setPending] = useState(false)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title="New Debian repository"
      description="A signing key is made with it. Everything but its name can be changed later."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={isPending}>
            Create the repository
          </Button>
        </>
      }
    >
      <CreateRepositoryForm id={form} onPending={setPending} />
    </Dialog>
  )
}
