'use client'

import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type CardPlace, namesOf, nextBranch } from '@/components/apt/board/cards'
import { Plan, PlanSkeleton } from '@/components/apt/board/Plan'
import { PlanFailed, withoutPlan } from '@/components/apt/board/PlanFailed'
import { movePackages, planOf } from '@/components/apt/board/queries'
import { useUndo } from '@/components/apt/moves/use-undo'
import { aptKeys } from '@/components/apt/queries'
import { Checkbox } from '@/components/ui/Checkbox'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { Notice } from '@/components/ui/Notice'
import { Select } from '@/components/ui/Select'
import { toast } from '@/components/ui/toast'
import { useAction } from '@/components/use-action'
import type { MoveOutcome, MovePlan } from '@/server/apt/moves/schema'
import type { RepositoryDetail } from '@/server/apt/schema'

interface MoveDialogProps {
  repository: RepositoryDetail
  /** All of one branch. */
  cards: readonly CardPlace[]
  /** Where they were dropped. */
  to?: string
  onClose: () => void
  onDone?: () => void
}

/** Where to, what would happen there, and then the move itself, which can be taken back. */
export function MoveDialog({ repository, cards, to: dropped, onClose, onDone }: MoveDialogProps) {
  const branches = repository.branches.map(({ name }) => name)
  const from = cards[0]?.branch ?? ''
  const [to, setTo] = useState(dropped ?? nextBranch(branches, from) ?? '')
  const [copy, setCopy] = useState(false)
  const undo = useUndo()
  const input = {
    repository: repository.name,
    packages: cards.map(({ source, version }) => ({ package: source, version })),
    from,
    to,
    ...(copy && { copy }),
  }
  const plan = useQuery({ ...planOf(input), enabled: to !== '' })
  const what = namesOf(cards)
  const move = useAction(movePackages, {
    faults: 'form',
    invalidates: [aptKeys.all, aptKeys.counts],
    onSuccess: (outcome) => {
      tell(outcome, { what, to, undo: undo.run })
      onDone?.()
      onClose()
    },
  })
  return (
    <FormDialog
      width="medium"
      title={`Move ${what}`}
      description={`From ${from} to ${to}: all its binary packages and its source.`}
      verb={verbOf(plan.data, copy)}
      action={{ ...move, error: move.error ?? Object.values(move.fields ?? {})[0] }}
      disabledReason={obstacleOf(plan)}
      onClose={onClose}
      onSubmit={(values) => {
        const reason = String(values.get('reason')).trim()
        move.run({ ...input, ...(reason !== '' && { reason }) })
      }}
    >
      {to === '' && (
        <Notice tone="attention">The repository has no other branch. Add one in its settings.</Notice>
      )}
      <Field label="To" name="to" required>
        <Select
          options={branches.filter((name) => name !== from).map((name) => ({ value: name, label: name }))}
          value={to}
          onChange={setTo}
        />
      </Field>
      {plan.error ? (
        <PlanFailed plan={plan} />
      ) : plan.data ? (
        <Plan plan={plan.data} to={to} />
      ) : (
        to !== '' && <PlanSkeleton />
      )}
      <Checkbox
        label={`Keep it in ${from} too`}
        help="A copy: apt finds it in both branches."
        checked={copy}
        onChange={setCopy}
      />
      <Field label="Why" name="reason" help="Kept with the move.">
        <Input autoComplete="off" maxLength={2000} />
      </Field>
    </FormDialog>
  )
}

/** Why the move cannot be made now. */
function obstacleOf(plan: UseQueryResult<MovePlan>): string | undefined {
  if (!plan.data) return withoutPlan(plan)
  return plan.data.moves.length === 0 ? 'All of it is there already.' : undefined
}

function verbOf(plan: MovePlan | undefined, copy: boolean): string {
  if (!plan || plan.moves.length === 0) return copy ? 'Copy' : 'Move'
  if (plan.needsApproval) return 'Ask for approval'
  const count = `${plan.moves.length} ${plan.moves.length === 1 ? 'package' : 'packages'}`
  return `${copy ? 'Copy' : 'Move'} ${count}${plan.problems.length > 0 ? ' anyway' : ''}`
}

interface Told {
  what: string
  to: string
  undo: (move: { id: string }) => void
}

function tell({ outcome, move }: MoveOutcome, { what, to, undo }: Told): void {
  if (outcome === 'waits_for_approval') {
    toast.success(`${what} waits for somebody else’s approval.`)
  } else if (move === null) {
    toast.success(`${what} is in ${to} already.`)
  } else {
    toast.success(`${what} is in ${to} now.`, { undo: () => undo({ id: move.id }) })
  }
}
