'use client'

import { useQuery } from '@tanstack/react-query'
import { namesOf } from '@/components/apt/board/cards'
import { Plan, PlanSkeleton } from '@/components/apt/board/Plan'
import { planOf } from '@/components/apt/board/queries'
import { type Decision, decideRequest } from '@/components/apt/moves/queries'
import { aptKeys } from '@/components/apt/queries'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { Notice } from '@/components/ui/Notice'
import { sentenceOf, useAction } from '@/components/use-action'
import type { MoveRequest } from '@/server/apt/moves/schema'

interface DecideRequestProps {
  request: MoveRequest
  decision: Decision
  onClose: () => void
}

const words: Record<Decision, { title: string; verb: string; done: string; means: string }> = {
  approve: {
    title: 'Approve',
    verb: 'Approve and move',
    done: 'Approved, and moved.',
    means: 'It moves at once, and only if its files are still those that were asked for.',
  },
  decline: {
    title: 'Decline',
    verb: 'Decline',
    done: 'Declined. Nothing has moved.',
    means: 'Nothing moves; who asked sees why.',
  },
  withdraw: {
    title: 'Withdraw',
    verb: 'Withdraw the request',
    done: 'Withdrawn.',
    means: 'Nobody needs to decide any more. You can ask again.',
  },
}

/** The plan of a requested move as it is now, and the decision. */
export function DecideRequest({ request, decision, onClose }: DecideRequestProps) {
  const { id, repository, packages, fromBranch: from, toBranch: to, copy, requesterName } = request
  const asks =
    request.reason === null ? `${requesterName} asks. ` : `${requesterName} asks: “${request.reason}” `
  const { title, verb, done, means } = words[decision]
  const plan = useQuery({
    ...planOf({ repository, packages, from, to, ...(copy && { copy }) }),
    enabled: decision === 'approve',
  })
  const decide = useAction(decideRequest, {
    faults: 'form',
    success: done,
    invalidates: [aptKeys.all, aptKeys.counts],
    onSuccess: onClose,
  })
  const what = namesOf(packages.map(({ package: source, version }) => ({ source, version })))
  return (
    <FormDialog
      width="medium"
      title={`${title}: ${what} to ${to}`}
      description={`${decision === 'withdraw' ? '' : asks}${means}`}
      verb={verb}
      action={decide}
      variant={decision === 'approve' ? 'primary' : 'secondary'}
      onClose={onClose}
      onSubmit={(values) => decide.run({ id, decision, reason: String(values.get('reason')) })}
    >
      {decision === 'approve' &&
        (plan.error ? (
          <Notice tone="failed">{sentenceOf(plan.error)}</Notice>
        ) : plan.data ? (
          <Plan plan={{ ...plan.data, needsApproval: false }} to={to} />
        ) : (
          <PlanSkeleton />
        ))}
      <Field label="A word on it" name="reason">
        <Input autoComplete="off" maxLength={2000} />
      </Field>
    </FormDialog>
  )
}
