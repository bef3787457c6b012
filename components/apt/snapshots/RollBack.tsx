'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { PlanFailed, withoutPlan } from '@/components/apt/board/PlanFailed'
import { useUndo } from '@/components/apt/moves/use-undo'
import { aptKeys } from '@/components/apt/queries'
import { Difference } from '@/components/apt/snapshots/Difference'
import { reversed } from '@/components/apt/snapshots/differences'
import { diffOf, rollBack } from '@/components/apt/snapshots/queries'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Field } from '@/components/ui/Field'
import { Input } from '@/components/ui/Input'
import { Skeleton } from '@/components/ui/Skeleton'
import { toast } from '@/components/ui/toast'
import { useAction } from '@/components/use-action'
import type { Snapshot } from '@/server/apt/schema'

interface RollBackProps {
  repo: string
  branch: string
  snapshot: Snapshot
  onClose: () => void
}

const titles = { came: 'Comes back', left: 'Leaves', changed: 'Other version' }

/** Shows what would change, and asks, before a branch shows again what it showed once. */
export function RollBack({ repo, branch, snapshot, onClose }: RollBackProps) {
  const [reason, setReason] = useState('')
  const plan = useQuery(diffOf(repo, { branch, from: snapshot.id }))
  const undo = useUndo()
  const roll = useAction(rollBack, {
    faults: 'form',
    invalidates: [aptKeys.all],
    onSuccess: ({ moveId, added, removed }) => {
      if (moveId === null) {
        toast.success(`${branch} is already as it was at ${snapshot.snapshotId}.`)
      } else {
        toast.success(
          `${branch} is as it was at ${snapshot.snapshotId}: ${added} packages came back, ${removed} left.`,
          { undo: () => undo.run({ id: moveId }) },
        )
      }
      onClose()
    },
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Roll ${branch} back`}
      lost={`All that came into ${branch} after ${snapshot.snapshotId} leaves it, and what left comes back.`}
      kept="It becomes a new snapshot. Packages stay in the pool and in other branches, and the roll-back can be taken back."
      name={branch}
      verb="Roll back"
      disabledReason={plan.data ? undefined : withoutPlan(plan)}
      pending={roll.pending}
      error={roll.error ?? Object.values(roll.fields ?? {})[0]}
      onConfirm={() => roll.run({ repo, branch, snapshot: snapshot.id, reason })}
    >
      {plan.error ? (
        <PlanFailed plan={plan} />
      ) : plan.data ? (
        <Difference diff={reversed(plan.data)} titles={titles} />
      ) : (
        <Skeleton height={90} />
      )}
      <Field label="Why" name="reason" required>
        <Input value={reason} onChange={(event) => setReason(event.target.value)} autoComplete="off" />
      </Field>
    </ConfirmDialog>
  )
}
