'use client'

import { useQuery } from '@tanstack/react-query'
import { Ban, KeyRound, Pencil, UserCheck } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import { teamKeys } from '@/components/teams/queries'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { Time } from '@/components/ui/Time'
import { useAction } from '@/components/use-action'
import { ChangeUser } from '@/components/users/ChangeUser'
import { changeUser, userById, userKeys } from '@/components/users/queries'
import { ResetPassword } from '@/components/users/ResetPassword'
import { roles } from '@/components/users/roles'
import { TeamNames } from '@/components/users/TeamNames'
import { UserState } from '@/components/users/UserState'
import type { User } from '@/server/auth/schema'

/** One person: what they may, for whom, and how they sign in. */
export function UserPage({ id }: { id: string }) {
  const { data: user } = useQuery(userById(id))
  const [asked, ask] = useState<'change' | 'password' | 'disable'>()
  const manages = useRefusal('user.manage') === undefined
  const seesAudit = useRefusal('audit.read') === undefined
  const close = () => ask(undefined)
  if (!user) return null
  return (
    <>
      <PageHeader
        back={{ href: '/users', label: 'Users' }}
        title={user.name}
        state={<UserState user={user} />}
        description={user.email}
        actions={manages && <Actions user={user} ask={ask} />}
      />
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-2">
        <Panel title="What they may">
          <DefinitionList
            items={[
              {
                term: 'Role',
                detail: (
                  <span className="flex flex-col items-start gap-1">
                    <Badge>{roles[user.role].title}</Badge>
                    <span className="text-ink-muted">{roles[user.role].may}</span>
                  </span>
                ),
              },
              { term: 'Teams', detail: <TeamNames teams={user.teams} /> },
            ]}
          />
        </Panel>
        <Panel title="How they sign in">
          <DefinitionList
            items={[
              { term: 'Sign-in', detail: signInOf(user) },
              { term: 'Last', detail: user.lastSignInAt ? <Time at={user.lastSignInAt} /> : 'never' },
              {
                term: 'Locked until',
                detail: user.lockedUntil && <Time at={user.lockedUntil} format="exact" />,
              },
              { term: 'Disabled', detail: user.disabledAt && <Time at={user.disabledAt} /> },
              { term: 'Account since', detail: <Time at={user.createdAt} /> },
              {
                term: 'Record',
                detail: seesAudit ? (
                  <Link href={`/audit?actorId=${user.id}`} className="text-accent hover:underline">
                    What they did
                  </Link>
                ) : null,
              },
            ]}
          />
        </Panel>
      </div>
      {asked === 'change' && <ChangeUser user={user} onClose={close} />}
      {asked === 'password' && <ResetPassword user={user} onClose={close} />}
      {asked === 'disable' && <Disable user={user} onClose={close} />}
    </>
  )
}

interface ActionsProps {
  user: User
  ask: (question: 'change' | 'password' | 'disable') => void
}

function Actions({ user, ask }: ActionsProps) {
  const enable = useAction(changeUser, {
    invalidates: [userKeys.all],
    success: `${user.name} may sign in again.`,
  })
  return (
    <>
      {user.disabledAt === null ? (
        <Button variant="quiet" icon={Ban} onClick={() => ask('disable')}>
          Disable
        </Button>
      ) : (
        <Button
          icon={UserCheck}
          pending={enable.pending}
          onClick={() => enable.run({ id: user.id, disabled: false })}
        >
          Enable
        </Button>
      )}
      <Button icon={KeyRound} onClick={() => ask('password')}>
        New password
      </Button>
      <Button variant="primary" icon={Pencil} onClick={() => ask('change')}>
        Change
      </Button>
    </>
  )
}

function signInOf({ signIn }: User): string {
  const ways = signIn.map((way) => (way === 'password' ? 'a password' : 'single sign-on'))
  return ways.length === 0 ? 'in no way yet: they have no password' : `with ${ways.join(' or ')}`
}

function Disable({ user, onClose }: { user: User; onClose: () => void }) {
  const action = useAction(changeUser, {
    faults: 'form',
    invalidates: [userKeys.all, teamKeys.all],
    success: `${user.name} is disabled.`,
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Disable ${user.name}?`}
      lost="They are signed out at once, cannot sign in, and their tokens stop working: machines that use them are refused."
      kept="What they declared stays, and so does the account. Enabling it brings tokens and teams back."
      name={user.email}
      verb="Disable"
      pending={action.pending}
      error={action.error}
      onConfirm={() => action.run({ id: user.id, disabled: true })}
    />
  )
}
