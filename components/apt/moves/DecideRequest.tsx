'use client'

import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { namesOf } from '@/components/apt/board/cards'
import { Plan, PlanSkeleton } from '@/components/apt/board/Plan'
import { planOf } from '@/components/apt/board/queries'
import { type Decision, decideRequest } from '@/components/apt/moves/queries'
import { aptKeys } from '@/components/apt/queries'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
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
  const form = useId()
  const { id, repository, packages, fromBranch: from, toBranch: to, copy, requesterName } = request
  const { title, verb, done, means } = words[decision]
  const plan = useQuery({
    ...planOf({ repository, packages, from, to, ...(copy && { copy }) }),
    enabled: decision === 'approve',
  })
  const decide = useAction(decideRequest, {
    faults: 'form',
    success: done,
    invalidates: [aptKeys.all],
    onSuccess: onClose,
  })
  const what = namesOf(packages.map(({ package: source, version }) => ({ source, version })))
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title={`${title}: ${what} to ${to}`}
      description={`${decision === 'withdraw' ? '' : `${requesterName} asks. `}${means}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant={decision === 'approve' ? 'primary' : 'secondary'}
            pending={decide.pending}
          >
            {verb}
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={decide.pending}
        fields={decide.fields}
        error={decide.error}
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
      </Form>
    </Dialog>
  )
}
