'use client'

import type { QueryKey } from '@tanstack/react-query'
import { Archive, Ellipsis, PencilLine, Plus } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { useRefusal, useViewer } from '@/components/providers/Viewer'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { DropdownMenu } from '@/components/ui/DropdownMenu'
import { IconButton } from '@/components/ui/IconButton'
import { Panel } from '@/components/ui/Panel'
import { Time } from '@/components/ui/Time'
import { RetireUse } from '@/components/uses/RetireUse'
import { AddUse, ChangeUse } from '@/components/uses/UseDialog'
import type { Use } from '@/server/mirror/schema'

type Asking = { what: 'add' } | { what: 'change' | 'retire'; use: Use }

interface UseListProps {
  uses: readonly Use[]
  /** Why this person may not add one. */
  refusal: string | undefined
  /** Declares the thing once more. */
  declare: Parameters<typeof AddUse>[0]['perform']
  /** What is read again after a change. */
  invalidates: readonly QueryKey[]
}

/** Who uses something and why; the retired uses stay readable below. */
export function UseList({ uses, refusal, declare, invalidates }: UseListProps) {
  const [asking, ask] = useState<Asking>()
  const active = uses.filter(({ retiredAt }) => retiredAt === null)
  const retired = uses.filter(({ retiredAt }) => retiredAt !== null)
  const close = () => ask(undefined)
  return (
    <Panel
      title={active.length === 1 ? 'One use' : `${active.length} uses`}
      padding="flush"
      actions={
        <Button size="small" icon={Plus} disabledReason={refusal} onClick={() => ask({ what: 'add' })}>
          Add a use
        </Button>
      }
    >
      {active.length === 0 && (
        <p className="px-4 py-6 text-ink-muted text-sm">
          Nobody uses it any more. It is still stored and served.
        </p>
      )}
      <ul className="divide-y divide-line">
        {active.map((use) => (
          <UseRow key={use.id} use={use} onAsk={(what) => ask({ what, use })} />
        ))}
      </ul>
      {retired.length > 0 && (
        <details className="border-line border-t">
          <summary className="px-4 py-2.5 text-ink-muted text-sm hover:text-ink">
            {retired.length === 1 ? 'One retired use' : `${retired.length} retired uses`}
          </summary>
          <ul className="divide-y divide-line border-line border-t">
            {retired.map((use) => (
              <UseRow key={use.id} use={use} />
            ))}
          </ul>
        </details>
      )}
      {asking?.what === 'add' && <AddUse perform={declare} invalidates={invalidates} onClose={close} />}
      {asking?.what === 'change' && <ChangeUse use={asking.use} invalidates={invalidates} onClose={close} />}
      {asking?.what === 'retire' && (
        <RetireUse use={asking.use} isLast={active.length === 1} invalidates={invalidates} onClose={close} />
      )}
    </Panel>
  )
}

interface UseRowProps {
  use: Use
  /** Left out for what cannot be changed any more. */
  onAsk?: (what: 'change' | 'retire') => void
}

function UseRow({ use, onAsk }: UseRowProps) {
  const { me } = useViewer()
  const refusal = useRefusal('use.change') ?? otherTeam(use, me)
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="whitespace-pre-line text-sm">{use.reason}</p>
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-muted text-xs">
          <Link
            href={`/teams/${use.team.slug}`}
            className="rounded-sm font-strong text-ink hover:text-accent hover:underline"
          >
            {use.team.name}
          </Link>
          {use.project !== null && <Badge>{use.project}</Badge>}
          <Badge tone={use.licence === null ? 'neutral' : 'accent'}>
            {use.licence ?? 'Licence not known'}
          </Badge>
          <span>
            {use.createdBy !== null && `${use.createdBy}, `}
            <Time at={use.createdAt} />
          </span>
        </div>
        {use.retiredAt !== null && (
          <p className="text-ink-muted text-xs">
            Retired <Time at={use.retiredAt} />
            {use.retiredReason !== null && `: ${use.retiredReason}`}
          </p>
        )}
      </div>
      {onAsk && (
        <DropdownMenu
          trigger={
            <IconButton size="small" icon={Ellipsis} label={`Actions for the use of ${use.team.name}`} />
          }
          entries={[
            { label: 'Change', icon: PencilLine, disabledReason: refusal, onSelect: () => onAsk('change') },
            {
              label: 'Retire',
              icon: Archive,
              danger: true,
              disabledReason: refusal,
              onSelect: () => onAsk('retire'),
            },
          ]}
        />
      )}
    </li>
  )
}

function otherTeam({ team }: Use, me: { role: string; teams: { slug: string }[] }): string | undefined {
  const isOurs = me.role === 'administrator' || me.teams.some(({ slug }) => slug === team.slug)
  return isOurs ? undefined : `You do not belong to ${team.name}.`
}
