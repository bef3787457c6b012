import { Badge } from '@/components/ui/Badge'
import { type Column, columnsOf } from '@/components/ui/columns'
import { Size } from '@/components/ui/Size'
import { Time } from '@/components/ui/Time'

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
    {
      id: 'size',
      header: 'Size',
      width: '6rem',
      align: 'end',
      skeleton: 7,
      csv: ({ size }) => size,
      cell: ({ size }) => <Size bytes={size} />,
    },
    {
      id: 'when',
      header: 'Declared',
      width: '6.5rem',
      align: 'end',
      skeleton: 8,
      csv: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
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
