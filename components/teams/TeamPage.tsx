'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Files, Pencil, Trash2, UserPlus } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import { AddMember } from '@/components/teams/AddMember'
import type { MemberFilter } from '@/components/teams/filter'
import { MemberTable } from '@/components/teams/MemberTable'
import { membersOf, removeTeam, teamBySlug, teamKeys } from '@/components/teams/queries'
import { RenameTeam } from '@/components/teams/RenameTeam'
import { Button } from '@/components/ui/Button'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Copyable } from '@/components/ui/Copyable'
import { Count } from '@/components/ui/Count'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { PageHeader } from '@/components/ui/PageHeader'
import { Pagination } from '@/components/ui/Pagination'
import { Panel } from '@/components/ui/Panel'
import { Time } from '@/components/ui/Time'
import { useUrlState } from '@/components/url-state'
import { useAction } from '@/components/use-action'
import type { Team } from '@/server/auth/schema'

/** One team: who is in it, and how much it uses. */
export function TeamPage({ slug }: { slug: string }) {
  const { data: team } = useQuery(teamBySlug(slug))
  const [filter, setFilter] = useUrlState<MemberFilter>()
  const members = useQuery({ ...membersOf(slug, filter), placeholderData: keepPreviousData })
  const [asked, ask] = useState<'rename' | 'add' | 'remove'>()
  const refusal = useRefusal('team.manage')
  const close = () => ask(undefined)
  if (!team) return null
  return (
    <>
      <PageHeader
        back={{ href: '/teams', label: 'Teams' }}
        title={team.name}
        actions={
          refusal === undefined && (
            <>
              <Button icon={Pencil} onClick={() => ask('rename')}>
                Rename
              </Button>
              <Button variant="primary" icon={UserPlus} onClick={() => ask('add')}>
                Add a member
              </Button>
            </>
          )
        }
      />
      <DetailLayout
        aside={<Facts team={team} onRemove={refusal === undefined ? () => ask('remove') : undefined} />}
      >
        <MemberTable
          team={team}
          query={members}
          pagination={
            <Pagination
              cursor={filter.cursor}
              nextCursor={members.data?.nextCursor}
              onCursor={(cursor) => setFilter({ cursor })}
            />
          }
          onAdd={refusal === undefined ? () => ask('add') : undefined}
        />
      </DetailLayout>
      {asked === 'rename' && <RenameTeam team={team} onClose={close} />}
      {asked === 'add' && <AddMember team={team} onClose={close} />}
      {asked === 'remove' && <RemoveTeam team={team} onClose={close} />}
    </>
  )
}

function Facts({ team, onRemove }: { team: Team; onRemove: (() => void) | undefined }) {
  return (
    <Panel title="Facts">
      <div className="flex flex-col gap-4">
        <DefinitionList
          items={[
            { term: 'Slug', detail: <Copyable value={team.slug} label="slug" /> },
            {
              term: 'Uses',
              detail: (
                <Link href={`/files?team=${team.slug}`} className="text-accent hover:underline">
                  <Count value={team.activeUses} noun="active use" />
                </Link>
              ),
            },
            { term: 'Members', detail: <Count value={team.members} /> },
            { term: 'Created', detail: <Time at={team.createdAt} /> },
          ]}
        />
        <div className="flex flex-wrap gap-2">
          <Button icon={Files} href={`/files?team=${team.slug}`}>
            Its files
          </Button>
          {onRemove && (
            <Button
              variant="quiet"
              icon={Trash2}
              onClick={onRemove}
              disabledReason={
                team.activeUses > 0
                  ? 'It has uses on record, which say who needed what. They stay, and so does the team.'
                  : undefined
              }
            >
              Remove team
            </Button>
          )}
        </div>
      </div>
    </Panel>
  )
}

function RemoveTeam({ team, onClose }: { team: Team; onClose: () => void }) {
  const router = useRouter()
  const action = useAction(removeTeam, {
    faults: 'form',
    invalidates: [teamKeys.list({})],
    success: `The team ${team.name} is gone.`,
    onSuccess: () => router.push('/teams'),
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${team.name}?`}
      lost="The team and its memberships go, and tokens that act for it are revoked at once."
      kept="The people stay, and so does everything the audit log says about the team. A team that ever declared something cannot be removed."
      name={team.slug}
      verb="Remove team"
      pending={action.pending}
      error={action.error}
      onConfirm={() => action.run({ slug: team.slug })}
    />
  )
}
