import { Archive as ArchiveIcon, CalendarX2, CircleOff } from 'lucide-react'
import { shortDay } from '@/components/downloads/days'
import { Badge } from '@/components/ui/Badge'
import type { Archive } from '@/server/archives/schema'

/** In one word, as a CSV file has it. */
export function stateOf({ gone, goneFrom }: Pick<Archive, 'gone' | 'goneFrom'>): string {
  return gone ? 'buried' : goneFrom === null ? 'legacy' : 'to be buried'
}

/** Whether an archive still answers, and until when. */
export function ArchiveState({ archive: { gone, goneFrom } }: { archive: Archive }) {
  if (gone) return <Badge icon={CircleOff}>buried</Badge>
  if (goneFrom === null) return <Badge icon={ArchiveIcon}>legacy</Badge>
  return (
    <Badge tone="attention" icon={CalendarX2}>
      until {shortDay(goneFrom)} {goneFrom.slice(0, 4)}
    </Badge>
  )
}
