import { Badge } from '@/components/ui/Badge'
import { type Column, columnsOf } from '@/components/ui/columns'
import { sizeColumn } from '@/components/ui/size-column'
import { timeColumn } from '@/components/ui/time-column'

interface Declared {
  teams: string[]
  reason: string | null
  size: number | null
  createdAt: string
}

/** Columns of whatever is declared: who, why, how much, when. */
export function declaredColumns<Item extends Declared>(): Column<Item>[] {
  return columnsOf<Item>([
    {
      id: 'who',
      header: 'Who',
      width: '9rem',
      skeleton: 10,
      csv: ({ teams }) => teams.join(' '),
      cell: ({ teams }) => <Teams teams={teams} />,
    },
    {
      id: 'why',
      header: 'Why',
      width: '21%',
      from: 'lg',
      card: 'line',
      skeleton: 24,
      csv: ({ reason }) => reason,
      cell: ({ reason }) =>
        reason && (
          <span className="line-clamp-1" title={reason}>
            {reason}
          </span>
        ),
    },
    sizeColumn(({ size }) => size, { width: '6rem' }),
    timeColumn(({ createdAt }) => createdAt, { header: 'Declared', width: '6.5rem' }),
  ])
}

const TEAMS = 2

function Teams({ teams }: { teams: readonly string[] }) {
  return (
    <span className="flex min-w-0 gap-1" title={teams.join(', ')}>
      {teams.slice(0, teams.length > TEAMS ? 1 : TEAMS).map((team) => (
        <Badge key={team}>{team}</Badge>
      ))}
      {teams.length > TEAMS && <Badge>{`+${teams.length - 1}`}</Badge>}
    </span>
  )
}
