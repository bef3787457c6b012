'use client'

import type { UseQueryResult } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { Button } from '@/components/ui/Button'
import { Notice } from '@/components/ui/Notice'
import { sentenceOf } from '@/components/use-action'

type PlanQuery = Pick<UseQueryResult, 'error' | 'refetch'>

/** Why there is no plan, and a way to ask again. */
export function PlanFailed({ plan }: { plan: PlanQuery }) {
  return (
    <Notice
      tone="failed"
      action={
        <Button size="small" icon={RotateCw} onClick={() => plan.refetch()}>
          Try again
        </Button>
      }
    >
      {plan.error && sentenceOf(plan.error)}
    </Notice>
  )
}

/** Why nothing can be applied while there is no plan: what nobody could look at does not happen. */
export function withoutPlan({ error }: Pick<PlanQuery, 'error'>): string {
  return error ? 'There is no plan.' : 'The plan is being worked out.'
}
