'use client'

import { type ReactNode, useId, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'

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
        <>
          <Button onClick={() => close(false)}>Keep it</Button>
          <Button
            type="submit"
            form={form}
            variant="danger"
            pending={pending}
            disabledReason={isNamed ? undefined : `Type “${name}” first.`}
          >
            {verb}
          </Button>
        </>
      }
    >
      <Form id={form} pending={pending} error={error} onSubmit={() => isNamed && onConfirm()}>
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
