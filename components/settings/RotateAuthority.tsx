'use client'

import { OverlapChoice } from '@/components/settings/OverlapChoice'
import { authorityKeys, rotateAuthority } from '@/components/settings/queries'
import { FormDialog } from '@/components/ui/FormDialog'
import { useAction } from '@/components/use-action'

const TWO_WEEKS = 336

/** Explains a rotation, and begins one. */
export function RotateAuthority({ onClose }: { onClose: () => void }) {
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
    <FormDialog
      width="medium"
      title="Rotate the authority"
      verb="Make a new authority"
      action={action}
      onClose={onClose}
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
    </FormDialog>
  )
}
