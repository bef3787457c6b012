'use client'

import { retireKey } from '@/components/apt/keys/queries'
import { aptKeys } from '@/components/apt/queries'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { useAction } from '@/components/use-action'
import type { AptKey } from '@/server/apt/keys/schema'

const SHOWN = 8

interface RetireKeyProps {
  repo: string
  aptKey: AptKey
  onClose: () => void
}

/** Asks before a key signs no more. */
export function RetireKey({ repo, aptKey, onClose }: RetireKeyProps) {
  const retire = useAction(retireKey, {
    faults: 'form',
    invalidates: [aptKeys.of(repo)],
    success: 'The key is retired. The branches are signed without it now.',
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Retire a signing key"
      lost="Clients that know only this key refuse the repository from now on."
      kept="Its public half stays on record, older snapshots stay signed by it, and the other keys go on signing."
      name={aptKey.fingerprint.slice(-SHOWN).toUpperCase()}
      verb="Retire the key"
      pending={retire.pending}
      error={retire.error ?? Object.values(retire.fields ?? {})[0]}
      onConfirm={() => retire.run({ repo, id: aptKey.id })}
    />
  )
}
