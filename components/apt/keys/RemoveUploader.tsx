'use client'

import { removeUploader } from '@/components/apt/keys/queries'
import { aptKeys } from '@/components/apt/queries'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { useAction } from '@/components/use-action'
import type { Uploader } from '@/server/apt/keys/schema'

interface RemoveUploaderProps {
  repo: string
  uploader: Uploader
  onClose: () => void
}

/** Asks before somebody's signature counts no more. */
export function RemoveUploader({ repo, uploader, onClose }: RemoveUploaderProps) {
  const remove = useAction(removeUploader, {
    faults: 'form',
    invalidates: [aptKeys.of(repo)],
    success: `Signatures of ${uploader.name} count no longer.`,
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${uploader.name}`}
      lost="Uploads that only this key has signed are refused from now on."
      kept="What they uploaded stays. The key can be added again."
      verb="Remove the uploader"
      pending={remove.pending}
      error={remove.error}
      onConfirm={() => remove.run({ repo, id: uploader.id })}
    />
  )
}
