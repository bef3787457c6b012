'use client'

import { useState } from 'react'
import { type CardPlace, namesOf } from '@/components/apt/board/cards'
import { removePackages } from '@/components/apt/board/queries'
import { useUndo } from '@/components/apt/moves/use-undo'
import { aptKeys } from '@/components/apt/queries'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Field } from '@/components/ui/Field'
import { Input } from '@/components/ui/Input'
import { toast } from '@/components/ui/toast'
import { useAction } from '@/components/use-action'

interface RemoveDialogProps {
  repo: string
  /** All of one branch. */
  cards: readonly CardPlace[]
  onClose: () => void
  onDone?: () => void
}

/** Asks before source versions leave a branch. */
export function RemoveDialog({ repo, cards, onClose, onDone }: RemoveDialogProps) {
  const [reason, setReason] = useState('')
  const undo = useUndo()
  const branch = cards[0]?.branch ?? ''
  const what = namesOf(cards)
  const remove = useAction(removePackages, {
    faults: 'form',
    invalidates: [aptKeys.all],
    onSuccess: (move) => {
      toast.success(`${what} is no longer in ${branch}.`, { undo: () => undo.run({ id: move.id }) })
      onDone?.()
      onClose()
    },
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Take ${what} out of ${branch}`}
      lost={`Clients of ${branch} find it no longer: all its binary packages and its source leave the branch.`}
      kept="The files stay in the pool and in other branches, older snapshots show it, and it can be taken back."
      verb="Take it out"
      pending={remove.pending}
      error={remove.error ?? Object.values(remove.fields ?? {})[0]}
      onConfirm={() =>
        remove.run({
          repo,
          branch,
          packages: cards.map(({ source, version }) => ({ package: source, version })),
          reason,
        })
      }
    >
      <Field label="Why" name="reason" required>
        <Input value={reason} onChange={(event) => setReason(event.target.value)} autoComplete="off" />
      </Field>
    </ConfirmDialog>
  )
}
