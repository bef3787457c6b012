'use client'

import { KeyRound, LogOut } from 'lucide-react'
import { useState } from 'react'
import { ChangePassword } from '@/components/account/ChangePassword'
import { useViewer } from '@/components/providers/Viewer'
import { signOut } from '@/components/sign-in/auth-endpoint'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { roles } from '@/components/users/roles'
import { TeamNames } from '@/components/users/TeamNames'

/** Who one is here, and what that allows. */
export function AccountPage() {
  const { me } = useViewer()
  const [isLeaving, setLeaving] = useState(false)
  const leave = async () => {
    setLeaving(true)
    await signOut()
    window.location.assign('/sign-in')
  }
  return (
    <>
      <PageHeader
        title="Your account"
        actions={
          <>
            <Button icon={KeyRound} href="/tokens">
              Your tokens
            </Button>
            <Button icon={LogOut} pending={isLeaving} onClick={leave}>
              Sign out
            </Button>
          </>
        }
      />
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-2">
        <Panel title="Who you are">
          <DefinitionList
            items={[
              { term: 'Name', detail: me.name },
              { term: 'E-mail', detail: me.email },
              {
                term: 'Role',
                detail: (
                  <span className="flex flex-col items-start gap-1">
                    <Badge>{roles[me.role].title}</Badge>
                    <span className="text-ink-muted">{roles[me.role].may}</span>
                  </span>
                ),
              },
              { term: 'Teams', detail: <TeamNames teams={me.teams} /> },
            ]}
          />
          <p className="mt-4 text-ink-muted text-xs">
            An administrator changes name, role and teams, under Users.
          </p>
        </Panel>
        <ChangePassword />
      </div>
    </>
  )
}
