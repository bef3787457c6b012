'use client'

import type { QueryKey } from '@tanstack/react-query'
import { useState } from 'react'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Field } from '@/components/ui/Field'
import { Textarea } from '@/components/ui/Textarea'
import { useAction } from '@/components/use-action'
import { retireUse } from '@/components/uses/queries'
import type { Use } from '@/server/mirror/schema'

interface RetireUseProps {
  use: Use
  /** Nobody else uses it. */
  isLast: boolean
  invalidates: readonly QueryKey[]
  onClose: () => void
}

/** Asks for the reason, and retires one use. */
export function RetireUse({ use, isLast, invalidates, onClose }: RetireUseProps) {
  const [reason, setReason] = useState('')
  const retire = useAction(retireUse, {
    faults: 'form',
    success: `${use.team.name} uses it no longer.`,
    invalidates,
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Retire the use of ${use.team.name}`}
      lost={
        isLast
          ? 'It is the last use: it counts as retired after it.'
          : `${use.team.name} is no longer listed as using it.`
      }
      kept="Stored bytes stay, and clients still get them. What was said of this use stays on record."
      name={use.team.slug}
      verb="Retire the use"
      pending={retire.pending}
      error={retire.error ?? retire.fields?.reason}
      onConfirm={() => retire.run({ id: use.id, reason })}
    >
      <Field label="Why is it no longer needed?" required>
        <Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
