import { Archive, CircleAlert, CirclePlus, Clock, UserRoundPlus } from 'lucide-react'
import type { TimelineEvent } from '@/components/ui/Timeline'
import type { Use } from '@/server/mirror/schema'

/** The events of all that people and fetches did to one thing, newest first. */
export function newestFirst(events: TimelineEvent[]): TimelineEvent[] {
  return events.sort((a, b) => b.at.localeCompare(a.at))
}

/** What people did to a file or an image: who declared it, who joined and who left. */
export function storyOfUses({
  createdAt,
  uses,
}: {
  createdAt: string
  uses: readonly Use[]
}): TimelineEvent[] {
  const [first, ...later] = [...uses].sort((a, b) => a.createdAt.localeCompare(b.createdAt))
  return [
    {
      id: 'declared',
      at: createdAt,
      icon: CirclePlus,
      tone: 'accent',
      title: first ? `Declared by ${byWhom(first)}` : 'Declared',
      detail: first?.reason,
    },
    ...later.map(
      (use): TimelineEvent => ({
        id: `use-${use.id}`,
        at: use.createdAt,
        icon: UserRoundPlus,
        title: `Use added by ${byWhom(use)}`,
        detail: use.reason,
      }),
    ),
    ...uses.flatMap(retirement),
  ]
}

/** When it will be fetched again, if it will. */
export function nextAttempt(fetched: {
  nextAttemptAt: string | null
  error: string | null
}): TimelineEvent[] {
  const { nextAttemptAt, error } = fetched
  if (nextAttemptAt === null) return []
  const [icon, tone] = error === null ? ([Clock, 'working'] as const) : ([CircleAlert, 'attention'] as const)
  return [{ id: 'next', at: nextAttemptAt, icon, tone, title: 'Next attempt', detail: error ?? undefined }]
}

function byWhom({ createdBy, team }: Use): string {
  return createdBy === null ? team.name : `${createdBy} for ${team.name}`
}

function retirement({ id, team, retiredAt, retiredReason }: Use): TimelineEvent[] {
  if (retiredAt === null) return []
  return [
    {
      id: `retired-${id}`,
      at: retiredAt,
      icon: Archive,
      title: `${team.name} uses it no longer`,
      detail: retiredReason,
    },
  ]
}
