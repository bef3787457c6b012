'use client'

import { useState } from 'react'
import { blockHost, missKeys } from '@/components/misses/queries'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Field } from '@/components/ui/Field'
import { Textarea } from '@/components/ui/Textarea'
import { useAction } from '@/components/use-action'

interface BlockHostProps {
  host: string
  onClose: () => void
}

/** Asks for the reason, and has the proxy refuse a host for good. */
export function BlockHost({ host, onClose }: BlockHostProps) {
  const [reason, setReason] = useState('')
  const block = useAction(blockHost, {
    faults: 'form',
    success: `${host} is blocked.`,
    invalidates: [missKeys.all, missKeys.allHosts, missKeys.counts],
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Block ${host}`}
      lost="What clients ask of it and nobody has declared is refused with your reason, and no longer listed here."
      kept="What is declared from it is still served. You can unblock it at any time."
      verb="Block the host"
      pending={block.pending}
      error={block.error ?? Object.values(block.fields ?? {})[0]}
      onConfirm={() => block.run({ host, reason })}
    >
      <Field label="Why?" name="reason" required help="Clients read it in the refusal.">
        <Textarea rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
