'use client'

import { type ReactNode, useId, useState } from 'react'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'
import { SendFoot } from '@/components/ui/SendFoot'
import { useObstacle } from '@/components/ui/use-obstacle'

interface ConfirmDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** What will be gone, and for whom. */
  lost: ReactNode
  /** What stays, e.g. “Stored bytes stay.” */
  kept?: ReactNode
  /** To be typed before the button works; leave out where the change is easily undone. */
  name?: string
  /** On the button: “Retire 3 files”. */
  verb: string
  onConfirm: () => void
  pending?: boolean
  /** Why it cannot be confirmed yet, e.g. because what would go is not shown yet. */
  disabledReason?: string
  /** The server's sentence when it refused. */
  error?: string
  /** Further fields, e.g. a reason. */
  children?: ReactNode
}

/** Asks before something is lost: says what goes and what stays, and has the name typed. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, lost, kept, name, verb, onConfirm, pending, error, children } = props
  const form = useId()
  const [typed, setTyped] = useState('')
  const isNamed = name === undefined || typed.trim() === name
  const obstacle = useObstacle(props.disabledReason ?? (isNamed ? undefined : `Type “${name}” first.`))
  const close = (next: boolean) => {
    setTyped('')
    onOpenChange(next)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={title}
      description={lost}
      footer={
        <SendFoot
          form={form}
          verb={verb}
          variant="danger"
          pending={pending}
          obstacle={obstacle}
          cancel="Keep it"
          onCancel={() => close(false)}
        />
      }
    >
      <Form
        id={form}
        pending={pending}
        error={error}
        onSubmit={() => (obstacle.reason === undefined ? onConfirm() : obstacle.say())}
      >
        {kept !== undefined && <p className="text-sm">{kept}</p>}
        {children}
        {name !== undefined && (
          <Field label={`Type “${name}” to confirm`} required>
            <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" mono />
          </Field>
        )}
      </Form>
    </Dialog>
  )
}
