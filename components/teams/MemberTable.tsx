'use client'

import { UserMinus, UserPlus, Users } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import { removeMember, teamKeys } from '@/components/teams/queries'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { columnsOf } from '@/components/ui/columns'
import { DataTable, type ListQuery } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { RowLink } from '@/components/ui/RowLink'
import { useAction } from '@/components/use-action'
import { userKeys } from '@/components/users/queries'
import { roles } from '@/components/users/roles'
import type { Member, Team } from '@/server/auth/schema'

interface MemberTableProps {
  team: Team
  query: ListQuery<Member>
  pagination: ReactNode
  /** Undefined for people who may not. */
  onAdd: (() => void) | undefined
}

/** The people of a team. */
export function MemberTable({ team, query, pagination, onAdd }: MemberTableProps) {
  const [leaving, setLeaving] = useState<Member>()
  const seesPeople = useRefusal('user.read') === undefined
  const manages = onAdd !== undefined
  const columns = useMemo(
    () =>
      columnsOf<Member>([
        {
          id: 'name',
          header: 'Member',
          skeleton: 22,
          csv: ({ name }) => name,
          cell: ({ id, name }) => (seesPeople ? <RowLink href={`/users/${id}`}>{name}</RowLink> : name),
        },
        {
          id: 'role',
          header: 'Role',
          width: '10rem',
          card: 'end',
          csv: ({ role }) => role,
          cell: ({ role }) => <Badge>{roles[role].title}</Badge>,
        },
        ...(manages
          ? [
              {
                id: 'actions',
                header: 'Actions',
                hiddenHeader: true as const,
                width: '7.5rem',
                align: 'end' as const,
                skeleton: 8,
                cell: (member: Member) => (
                  <Button
                    size="small"
                    variant="quiet"
                    icon={UserMinus}
                    aria-label={`Take ${member.name} out of the team`}
                    onClick={() => setLeaving(member)}
                  >
                    Take out
                  </Button>
                ),
              },
            ]
          : []),
      ]),
    [seesPeople, manages],
  )
  return (
    <>
      <DataTable
        label="Members"
        query={query}
        columns={columns}
        csv={`${team.slug}-members`}
        pagination={pagination}
        empty={
          <EmptyState
            icon={Users}
            sentence="Nobody is in this team yet, so only administrators can declare for it."
            action={
              onAdd && (
                <Button icon={UserPlus} onClick={onAdd}>
                  Add a member
                </Button>
              )
            }
          />
        }
      />
      {leaving && <Leave team={team} member={leaving} onClose={() => setLeaving(undefined)} />}
    </>
  )
}

function Leave({ team, member, onClose }: { team: Team; member: Member; onClose: () => void }) {
  const action = useAction(removeMember, {
    faults: 'form',
    invalidates: [teamKeys.all, userKeys.all],
    success: `${member.name} is no longer in ${team.name}.`,
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Take ${member.name} out of ${team.name}?`}
      lost="They can no longer declare, change or retire for this team; this counts at once."
      kept="What they declared stays with the team, and their account and other teams stay as they are."
      name={member.name}
      verb="Take out"
      pending={action.pending}
      error={action.error}
      onConfirm={() => action.run({ slug: team.slug, userId: member.id })}
    />
  )
}
