'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Ban, ShieldCheck } from 'lucide-react'
import { blockedHosts, missKeys, unblockHost } from '@/components/misses/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { Pagination } from '@/components/ui/Pagination'
import { Time } from '@/components/ui/Time'
import { useAction } from '@/components/use-action'
import type { HostRule } from '@/server/mirror/schema'

type Row = HostRule & { id: string }

const columns = columnsOf<Row>([
  {
    id: 'host',
    header: 'Host',
    card: 'head',
    skeleton: 28,
    csv: ({ host }) => host,
    cell: ({ host }) => <code className="font-mono text-xs">{host}</code>,
  },
  {
    id: 'reason',
    header: 'Why',
    width: '45%',
    card: 'line',
    skeleton: 36,
    csv: ({ reason }) => reason,
    cell: ({ reason }) => (
      <span className="line-clamp-2" title={reason}>
        {reason}
      </span>
    ),
  },
  {
    id: 'when',
    header: 'Blocked',
    width: '7rem',
    skeleton: 8,
    csv: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  {
    id: 'undo',
    header: 'Actions',
    hiddenHeader: true,
    width: '7rem',
    align: 'end',
    card: 'end',
    cell: ({ host }) => <Unblock host={host} />,
  },
])

function Unblock({ host }: { host: string }) {
  const refusal = useRefusal('host.rule')
  const unblock = useAction(unblockHost, {
    success: `${host} is no longer blocked.`,
    invalidates: [missKeys.allHosts],
  })
  return (
    <Button
      size="small"
      pending={unblock.pending}
      disabledReason={refusal}
      onClick={() => unblock.run({ host })}
    >
      Unblock
    </Button>
  )
}

interface BlockedHostsProps {
  cursor: string | undefined
  onCursor: (cursor: string | undefined) => void
}

/** The hosts that the proxy refuses without asking anybody. */
export function BlockedHosts({ cursor, onCursor }: BlockedHostsProps) {
  const hosts = useQuery({ ...blockedHosts(cursor), placeholderData: keepPreviousData })
  const data = hosts.data && {
    ...hosts.data,
    items: hosts.data.items.map((rule) => ({ ...rule, id: rule.host })),
  }
  return (
    <DataTable
      label="Blocked hosts"
      query={{ ...hosts, data }}
      columns={columns}
      csv="blocked-hosts"
      empty={
        <EmptyState
          icon={ShieldCheck}
          sentence="No host is blocked. Block one from a miss, and its refusals no longer land in the inbox."
          action={
            <Button icon={Ban} href="/misses">
              Go to the inbox
            </Button>
          }
        />
      }
      pagination={<Pagination cursor={cursor} nextCursor={hosts.data?.nextCursor} onCursor={onCursor} />}
    />
  )
}
