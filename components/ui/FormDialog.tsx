'use client'

import { type ReactNode, useId } from 'react'
import { Button } from '@/components/ui/Button'
import { Dialog, type DialogProps } from '@/components/ui/Dialog'
import { Form } from '@/components/ui/Form'
import type { Action } from '@/components/use-action'

interface FormDialogProps extends Pick<DialogProps, 'title' | 'description' | 'width'> {
  /** On the button that sends the form: “Create team”. */
  verb: string
  /** What the form does, as `useAction` gives it with `faults: 'form'`. */
  action: Pick<Action<never>, 'pending' | 'fields' | 'error'>
  onSubmit: (values: FormData) => void
  onClose: () => void
  /** Why the form cannot be sent now. */
  disabledReason?: string
  variant?: 'primary' | 'secondary'
  children: ReactNode
}

/** A form in front of the page, open as long as it is there: its fields, “Cancel”, and the button that says what happens. */
export function FormDialog(props: FormDialogProps) {
  const { verb, action, onSubmit, onClose, disabledReason, variant = 'primary', children, ...dialog } = props
  const form = useId()
  return (
    <Dialog
      {...dialog}
      open
      onOpenChange={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant={variant}
            pending={action.pending}
            disabledReason={disabledReason}
          >
            {verb}
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={action.pending}
        fields={action.fields}
        error={action.error}
        onSubmit={onSubmit}
      >
        {children}
      </Form>
    </Dialog>
  )
}
