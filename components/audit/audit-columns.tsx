import { Bot, Key, type LucideIcon, UserRound } from 'lucide-react'
import { changeSummary } from '@/components/audit/changes'
import { Badge } from '@/components/ui/Badge'
import { columnsOf } from '@/components/ui/columns'
import { timeColumn } from '@/components/ui/time-column'
import type { AuditEntry } from '@/server/audit/schema'

const actorIcons: Record<AuditEntry['actor']['type'], LucideIcon> = {
  user: UserRound,
  token: Key,
  system: Bot,
}

/** The columns of the audit log; the first opens the entry. */
export function auditColumns(onOpen: (entry: AuditEntry) => void) {
  return columnsOf<AuditEntry>([
    {
      id: 'subject',
      header: 'What',
      card: 'head',
      skeleton: 28,
      csv: ({ subject }) => `${subject.type} ${subject.name}`,
      cell: (entry) => (
        <button
          type="button"
          onClick={() => onOpen(entry)}
          className="block max-w-full truncate rounded-sm text-left hover:text-accent hover:underline"
          title={entry.subject.name}
        >
          {entry.subject.name}
        </button>
      ),
    },
    {
      id: 'action',
      header: 'Action',
      width: '12rem',
      csv: ({ action }) => action,
      cell: ({ action }) => (
        <Badge>
          <span className="font-mono">{action}</span>
        </Badge>
      ),
    },
    {
      id: 'change',
      header: 'Change',
      width: '32%',
      from: 'lg',
      card: 'line',
      skeleton: 30,
      csv: ({ details }) => JSON.stringify(details),
      cell: ({ details }) => {
        const summary = changeSummary(details)
        return (
          <span title={summary} className="block truncate text-ink-muted text-xs">
            {summary}
          </span>
        )
      },
    },
    {
      id: 'actor',
      header: 'Who',
      width: '12rem',
      csv: ({ actor }) => actor.name,
      cell: ({ actor }) => {
        const Icon = actorIcons[actor.type]
        return (
          <span className="flex min-w-0 items-center gap-1.5">
            <Icon aria-label={actor.type} size={13} className="shrink-0 text-ink-faint" />
            <span className="truncate">{actor.name}</span>
          </span>
        )
      },
    },
    timeColumn(({ at }) => at, { id: 'at', width: '7.5rem', card: 'end' }),
  ])
}
