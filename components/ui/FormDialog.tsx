'use client'

import { type ReactNode, useId } from 'react'
import { Dialog, type DialogProps } from '@/components/ui/Dialog'
import { Form } from '@/components/ui/Form'
import { SendFoot } from '@/components/ui/SendFoot'
import { useObstacle } from '@/components/ui/use-obstacle'
import type { Action } from '@/components/use-action'

interface FormDialogProps extends Pick<DialogProps, 'title' | 'description' | 'width'> {
  /** On the button that sends the form: “Create team”. */
  verb: string
  /** What the form does, as `useAction` gives it with `faults: 'form'`. */
  action: Pick<Action<never>, 'pending' | 'fields' | 'error'>
  onSubmit: (values: FormData) => void
  onClose: () => void
  /** Why the form cannot be sent now; said when somebody tries, by key too. */
  disabledReason?: string
  variant?: 'primary' | 'secondary'
  children: ReactNode
}

/** A form in front of the page, open as long as it is there: its fields, “Cancel”, and the button that says what happens. */
export function FormDialog(props: FormDialogProps) {
  const { verb, action, onSubmit, onClose, disabledReason, variant = 'primary', children, ...dialog } = props
  const form = useId()
  const obstacle = useObstacle(disabledReason)
  return (
    <Dialog
      {...dialog}
      open
      onOpenChange={onClose}
      footer={
        <SendFoot
          form={form}
          verb={verb}
          variant={variant}
          pending={action.pending}
          obstacle={obstacle}
          cancel="Cancel"
          onCancel={onClose}
        />
      }
    >
      <Form
        id={form}
        pending={action.pending}
        fields={action.fields}
        error={action.error}
        onSubmit={(values) => (disabledReason === undefined ? onSubmit(values) : obstacle.say())}
      >
        {children}
      </Form>
    </Dialog>
  )
}
