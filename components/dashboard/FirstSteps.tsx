'use client'

import { Container, FilePlus2, type LucideIcon, MonitorCog, UsersRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { useRefusal, useViewer } from '@/components/providers/Viewer'
import type { Installation } from '@/components/setup/recipes'
import { Button } from '@/components/ui/Button'
import { Panel } from '@/components/ui/Panel'
import { Snippet } from '@/components/ui/Snippet'

/** What to do on a fresh installation, with the commands that do the same. */
export function FirstSteps({ installation }: { installation: Installation }) {
  const { team = 'your-team' } = useViewer()
  const inviteRefusal = useRefusal('user.manage')
  return (
    <Panel title="First steps">
      <ol className="flex flex-col gap-6">
        <Step
          icon={FilePlus2}
          title="Declare a file"
          sentence="Give the URL of something your builds download, and say why you need it. It is fetched once and kept for ever."
          action={
            <Button variant="primary" href="/files/declare">
              Declare a file
            </Button>
          }
          command={`entrepot declare https://example.org/v1.tar.gz --team ${team} --reason "Builds the importer" --wait`}
        />
        <Step
          icon={Container}
          title="Declare or push an image"
          sentence="Images of other registries are mirrored by digest, whole and with their signatures. Your own are pushed here."
          action={
            <span className="flex flex-wrap gap-2">
              <Button href="/images/declare">Declare an image</Button>
              <Button href="/registry">Open the registry</Button>
            </span>
          }
        />
        <Step
          icon={MonitorCog}
          title="Set up a client"
          sentence="Point a machine at the proxy and have it trust the authority. URLs stay as they are."
          action={<Button href="/setup">Set up a client</Button>}
          command={[
            `curl -fsSo ~/.entrepot.crt ${installation.portal}/ca.crt`,
            `curl --proxy http://${installation.proxy} --cacert ~/.entrepot.crt -fLO https://example.org/v1.tar.gz`,
          ].join('\n')}
        />
        {inviteRefusal === undefined && (
          <Step
            icon={UsersRound}
            title="Invite people"
            sentence="Everyone declares on behalf of a team, so make the teams first; then people put their own reasons down."
            action={
              <span className="flex flex-wrap gap-2">
                <Button href="/teams">Teams</Button>
                <Button href="/users">Users</Button>
              </span>
            }
          />
        )}
      </ol>
    </Panel>
  )
}

interface StepProps {
  icon: LucideIcon
  title: string
  sentence: string
  action: ReactNode
  command?: string
}

function Step({ icon: Icon, title, sentence, action, command }: StepProps) {
  return (
    <li className="grid gap-x-3 gap-y-3 sm:grid-cols-[2rem_minmax(0,1fr)]">
      <span className="inline-flex size-8 items-center justify-center rounded-full bg-accent-soft text-accent">
        <Icon aria-hidden size={16} />
      </span>
      <div className="flex min-w-0 flex-col items-start gap-3">
        <div>
          <h3 className="text-base">{title}</h3>
          <p className="text-ink-muted text-sm">{sentence}</p>
        </div>
        {action}
        {command !== undefined && (
          <div className="w-full max-w-3xl">
            <Snippet code={command} label={`Command: ${title.toLowerCase()}`} />
          </div>
        )}
      </div>
    </li>
  )
}
