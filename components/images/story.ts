import { CircleCheck } from 'lucide-react'
import type { TimelineEvent } from '@/components/ui/Timeline'
import { newestFirst, nextAttempt, storyOfUses } from '@/components/uses/story'
import type { ImageDetail } from '@/server/images/schema'

/** What happened to an image, newest first: who declared it, who joined and left, and how it came. */
export function storyOf(image: ImageDetail): TimelineEvent[] {
  // A stored image is fetched again when platforms are added.
  return newestFirst([...storyOfUses(image), ...arrival(image), ...nextAttempt(image)])
}

function arrival({ storedAt, attempts }: ImageDetail): TimelineEvent[] {
  if (storedAt === null) return []
  return [
    {
      id: 'stored',
      at: storedAt,
      icon: CircleCheck,
      tone: 'ok',
      title: 'Fetched whole, verified and stored',
      detail: attempts > 1 ? `After ${attempts} attempts.` : undefined,
    },
  ]
}
