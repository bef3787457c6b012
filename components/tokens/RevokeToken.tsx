'use client'

import { revokeToken, tokenKeys } from '@/components/tokens/queries'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Time } from '@/components/ui/Time'
import { useAction } from '@/components/use-action'
import type { Token } from '@/server/auth/schema'

/** Asks before a token stops working. */
export function RevokeToken({ token, onClose }: { token: Token; onClose: () => void }) {
  const action = useAction(revokeToken, {
    faults: 'form',
    invalidates: [tokenKeys.all],
    success: `The token ${token.name} no longer works.`,
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Revoke ${token.name}?`}
      lost={
        <>
          Whatever uses it is refused from now on, and it cannot be brought back. Last used:{' '}
          {token.lastUsedAt === null ? 'never' : <Time at={token.lastUsedAt} />}.
        </>
      }
      kept="What was declared with it stays, and so does the record of what it did."
      name={token.name}
      verb="Revoke token"
      pending={action.pending}
      error={action.error}
      onConfirm={() => action.run({ id: token.id })}
    />
  )
}
