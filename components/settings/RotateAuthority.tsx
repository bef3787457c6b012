'use client'

import { useId } from 'react'
import { OverlapChoice } from '@/components/settings/OverlapChoice'
import { authorityKeys, rotateAuthority } from '@/components/settings/queries'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Form } from '@/components/ui/Form'
import { useAction } from '@/components/use-action'

const TWO_WEEKS = 336

/** Explains a rotation, and begins one. */
export function RotateAuthority({ onClose }: { onClose: () => void }) {
  const form = useId()
  const action = useAction(rotateAuthority, {
    faults: 'form',
    invalidates: [authorityKeys.all],
    success: (next) =>
      next.standing === 'signing'
        ? 'The new authority signs already. Install it on clients now.'
        : 'The new authority is on offer. Install it on clients before it signs.',
    onSuccess: onClose,
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title="Rotate the authority"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={action.pending}>
            Make a new authority
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={action.pending}
        fields={action.fields}
        error={action.error}
        onSubmit={(values) => action.run({ overlapHours: Number(values.get('overlapHours')) })}
      >
        <ol className="flex list-decimal flex-col gap-1 pl-5 text-sm">
          <li>A new root is made now. /ca.crt offers it beside the present one.</li>
          <li>Until the overlap ends the present one signs: nothing changes for clients.</li>
          <li>
            Then the new one signs. The former one stays on offer, for clients that are not restarted yet.
          </li>
          <li>When no client needs it any more, retire the former one here.</li>
        </ol>
        <OverlapChoice hours={TWO_WEEKS} />
      </Form>
    </Dialog>
  )
}
