'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { type Decision, waitingRequestsOf } from '@/components/apt/moves/queries'
import { sourceHref } from '@/components/apt/places'
import { useAptRefusal } from '@/components/apt/use-apt-refusal'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { RowLink } from '@/components/ui/RowLink'
import { Time } from '@/components/ui/Time'
import { sentenceOf } from '@/components/use-action'
import type { MoveRequest } from '@/server/apt/moves/schema'
import type { RepositoryDetail } from '@/server/apt/schema'

const DecideRequest = dynamic(
  async () => (await import('@/components/apt/moves/DecideRequest')).DecideRequest,
  {
    ssr: false,
  },
)

/** Moves that wait for a second person. Nothing is shown while none waits. */
export function Requests({ repository }: { repository: RepositoryDetail }) {
  const { data, error } = useQuery(waitingRequestsOf(repository.name))
  const [deciding, decide] = useState<{ request: MoveRequest; decision: Decision }>()
  const refusal = useAptRefusal('apt.approve', repository)
  if (error) return <Notice tone="failed">{sentenceOf(error)}</Notice>
  if (!data || data.items.length === 0) return null
  return (
    <>
      <Panel title="Waiting for approval" padding="flush">
        <ul className="divide-y divide-line">
          {data.items.map((request) => (
            <RequestRow
              key={request.id}
              repo={repository.name}
              request={request}
              refusal={request.mine ? 'You asked for it: somebody else must decide.' : refusal}
              onDecide={(decision) => decide({ request, decision })}
            />
          ))}
        </ul>
      </Panel>
      {deciding && <DecideRequest {...deciding} onClose={() => decide(undefined)} />}
    </>
  )
}

interface RequestRowProps {
  repo: string
  request: MoveRequest
  refusal: string | undefined
  onDecide: (decision: Decision) => void
}

function RequestRow({ repo, request, refusal, onDecide }: RequestRowProps) {
  const { packages, fromBranch, toBranch, copy, requesterName, reason, createdAt, expiresAt, mine } = request
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-72 flex-col gap-1">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          {fromBranch} <ArrowRight aria-hidden size={13} className="text-ink-faint" />
          <span className="sr-only">to</span> {toBranch}
          {copy && <Badge>copy</Badge>}
        </span>
        <ul className="flex min-w-0 flex-wrap gap-x-3 text-sm">
          {packages.map(({ package: source, version }) => (
            <li key={`${source} ${version}`} className="min-w-0">
              <RowLink href={sourceHref(repo, source, { version })}>
                <span className="truncate font-strong">
                  {source} <span className="font-mono font-normal text-xs">{version}</span>
                </span>
              </RowLink>
            </li>
          ))}
        </ul>
        {reason !== null && <p className="text-sm">“{reason}”</p>}
        <p className="text-ink-muted text-xs">
          {mine ? 'You' : requesterName} asked <Time at={createdAt} /> · lapses <Time at={expiresAt} />
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {mine && (
          <Button size="small" onClick={() => onDecide('withdraw')}>
            Withdraw
          </Button>
        )}
        <Button size="small" disabledReason={refusal} onClick={() => onDecide('decline')}>
          Decline
        </Button>
        <Button size="small" variant="primary" disabledReason={refusal} onClick={() => onDecide('approve')}>
          Approve
        </Button>
      </div>
    </li>
  )
}
