import { Ban } from 'lucide-react'
import { TokenState } from '@/components/tokens/TokenState'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { columnsOf } from '@/components/ui/columns'
import { Time } from '@/components/ui/Time'
import type { Token } from '@/server/auth/schema'

interface Wanted {
  /** Shows whose they are. */
  owners: boolean
  onRevoke: (token: Token) => void
}

/** The columns of the list of tokens. */
export function tokenColumns({ owners, onRevoke }: Wanted) {
  return columnsOf<Token>([
    {
      id: 'name',
      header: 'Token',
      card: 'head',
      skeleton: 20,
      csv: ({ name }) => name,
      cell: ({ name, prefix }) => (
        <span className="block min-w-0">
          <span className="block truncate font-strong">{name}</span>
          <code className="block truncate font-mono text-ink-muted text-xs">{prefix}…</code>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      width: '7.5rem',
      csv: ({ revokedAt }) => (revokedAt === null ? 'active' : 'revoked'),
      cell: (token) => <TokenState token={token} />,
    },
    ...(owners ? [ownerColumn] : []),
    {
      id: 'team',
      header: 'Team',
      width: '10rem',
      from: 'lg',
      csv: ({ team }) => team?.slug ?? null,
      cell: ({ team }) => team?.name ?? <span className="text-ink-faint">all of the owner’s</span>,
    },
    {
      id: 'scopes',
      header: 'Scopes',
      width: '17rem',
      card: 'line',
      csv: ({ scopes }) => scopes.join(' '),
      cell: ({ scopes }) => (
        <span className="flex flex-wrap gap-1">
          {scopes.map((scope) => (
            <Badge key={scope} tone={scope === 'administer' ? 'attention' : 'neutral'}>
              {scope}
            </Badge>
          ))}
        </span>
      ),
    },
    {
      id: 'expires',
      header: 'Expires',
      width: '7rem',
      card: 'hidden',
      csv: ({ expiresAt }) => expiresAt,
      cell: ({ expiresAt }) => (expiresAt === null ? 'never' : <Time at={expiresAt} />),
    },
    {
      id: 'used',
      header: 'Last used',
      width: '8rem',
      from: 'xl',
      csv: ({ lastUsedAt }) => lastUsedAt,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? <span className="text-ink-faint">never used</span> : <Time at={lastUsedAt} />,
    },
    {
      id: 'actions',
      header: 'Actions',
      hiddenHeader: true,
      width: '6.5rem',
      align: 'end',
      card: 'end',
      skeleton: 8,
      cell: (token) =>
        token.revokedAt === null && (
          <Button
            size="small"
            variant="quiet"
            icon={Ban}
            aria-label={`Revoke ${token.name}`}
            onClick={() => onRevoke(token)}
          >
            Revoke
          </Button>
        ),
    },
  ])
}

const ownerColumn = {
  id: 'owner',
  header: 'Owner',
  width: '11rem',
  csv: ({ owner }: Token) => owner.name,
  cell: ({ owner }: Token) => <span className="block truncate">{owner.name}</span>,
}
