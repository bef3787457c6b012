'use client'

import { authorityKeys, retireAuthority } from '@/components/settings/queries'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { useAction } from '@/components/use-action'
import type { Authority } from '@/server/proxy/schema'

const SHOWN = 8

/** Asks before an authority is no longer offered. */
export function RetireAuthority({ authority, onClose }: { authority: Authority; onClose: () => void }) {
  const action = useAction(retireAuthority, {
    faults: 'form',
    invalidates: [authorityKeys.all],
    success: 'The authority is retired.',
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Retire ${authority.subject}?`}
      lost={
        authority.standing === 'signing'
          ? 'It stops signing now, and the authority before it signs again. Clients that trust only this one refuse every https answer of the proxy.'
          : 'It is no longer offered to clients, and it cannot sign again.'
      }
      kept="Its row and its key stay on record. Stored files and the other authorities are not touched."
      name={authority.fingerprint.slice(0, SHOWN)}
      verb="Retire authority"
      pending={action.pending}
      error={action.error}
      onConfirm={() => action.run({ id: authority.id })}
    />
  )
}
