import { Archive, CircleAlert, CircleCheck, CirclePlus, Clock, UserRoundPlus } from 'lucide-react'
import type { TimelineEvent } from '@/components/ui/Timeline'
import type { ImageDetail } from '@/server/images/schema'
import type { Use } from '@/server/mirror/schema'

/** What happened to an image, newest first: who declared it, who joined and left, and how it came. */
export function storyOf(image: ImageDetail): TimelineEvent[] {
  const [first, ...later] = [...image.uses].sort((a, b) => a.createdAt.localeCompare(b.createdAt))
  const events: TimelineEvent[] = [
    {
      id: 'declared',
      at: image.createdAt,
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
    ...image.uses.flatMap(retirement),
    ...arrival(image),
  ]
  return events.sort((a, b) => b.at.localeCompare(a.at))
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

function arrival(image: ImageDetail): TimelineEvent[] {
  const events: TimelineEvent[] = []
  if (image.storedAt !== null) {
    events.push({
      id: 'stored',
      at: image.storedAt,
      icon: CircleCheck,
      tone: 'ok',
      title: 'Fetched whole, verified and stored',
      detail: image.attempts > 1 ? `After ${image.attempts} attempts.` : undefined,
    })
  }
  if (image.nextAttemptAt !== null) {
    const isFailed = image.error !== null
    events.push({
      id: 'next',
      at: image.nextAttemptAt,
      icon: isFailed ? CircleAlert : Clock,
      tone: isFailed ? 'attention' : 'working',
      title: 'Next attempt',
      detail: image.error ?? undefined,
    })
  }
  return events
}
