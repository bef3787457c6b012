'use client'

import { useState } from 'react'
import { changeFiles, fileKeys } from '@/components/files/queries'
import { useViewer } from '@/components/providers/Viewer'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Field } from '@/components/ui/Field'
import { Textarea } from '@/components/ui/Textarea'
import { useAction } from '@/components/use-action'

interface RetireFilesProps {
  ids: readonly string[]
  onClose: () => void
  /** They are retired. */
  onDone: () => void
}

/** Asks for the reason, and retires the uses that the person's team has of these files. */
export function RetireFiles({ ids, onClose, onDone }: RetireFilesProps) {
  const { team, me } = useViewer()
  const [reason, setReason] = useState('')
  const name = me.teams.find(({ slug }) => slug === team)?.name ?? team
  const what = ids.length === 1 ? 'this file' : `${ids.length} files`
  const retire = useAction(changeFiles, {
    faults: 'form',
    success: `${name} uses ${what} no longer.`,
    invalidates: [fileKeys.all],
    onSuccess: onDone,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Retire our use of ${what}`}
      lost={`${name} is no longer listed as using ${ids.length === 1 ? 'it' : 'them'}.`}
      kept="Stored bytes stay, and clients still get them. Uses of other teams stay too."
      name={team}
      verb={ids.length === 1 ? 'Retire our use' : `Retire ${ids.length} uses`}
      pending={retire.pending}
      error={retire.error ?? Object.values(retire.fields ?? {})[0]}
      onConfirm={() => retire.run({ ids: [...ids], action: 'retire', team, reason })}
    >
      <Field label="Why is it no longer needed?" name="reason" required>
        <Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
