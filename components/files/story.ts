import { Archive, CircleAlert, CircleCheck, CirclePlus, Clock, Upload, UserRoundPlus } from 'lucide-react'
import type { TimelineEvent } from '@/components/ui/Timeline'
import type { FileDetail, Use } from '@/server/mirror/schema'

/** What happened to a file, newest first: who declared it, who joined and left, and how its bytes came. */
export function storyOf(file: FileDetail): TimelineEvent[] {
  const [first, ...later] = [...file.uses].sort((a, b) => a.createdAt.localeCompare(b.createdAt))
  const events: TimelineEvent[] = [
    {
      id: 'declared',
      at: file.createdAt,
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
    ...file.uses.flatMap(retirement),
    ...bytesOf(file),
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

function bytesOf(file: FileDetail): TimelineEvent[] {
  if (file.storedAt !== null) {
    const isUpload = file.origin === 'upload'
    const attempts = file.attempts > 1 ? `After ${file.attempts} attempts.` : undefined
    return [
      {
        id: 'stored',
        at: file.storedAt,
        icon: isUpload ? Upload : CircleCheck,
        tone: 'ok',
        title: isUpload ? 'Uploaded by hand and stored' : 'Fetched, verified and stored',
        detail: isUpload ? undefined : attempts,
      },
    ]
  }
  if (file.nextAttemptAt === null) return []
  const isFailed = file.error !== null
  return [
    {
      id: 'next',
      at: file.nextAttemptAt,
      icon: isFailed ? CircleAlert : Clock,
      tone: isFailed ? 'attention' : 'working',
      title: 'Next attempt',
      detail: file.error ?? undefined,
    },
  ]
}
