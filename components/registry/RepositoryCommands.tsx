'use client'

import { useState } from 'react'
import { Commands } from '@/components/registry/Commands'
import { loginCommands, pullCommands, pushCommands } from '@/components/registry/commands'
import { Panel } from '@/components/ui/Panel'
import { Segments } from '@/components/ui/Segments'
import type { RepositoryDetail } from '@/server/oci/schema'

const wishes = [
  { value: 'pull', label: 'Pull' },
  { value: 'push', label: 'Push' },
  { value: 'login', label: 'Sign in' },
] as const

type Wish = (typeof wishes)[number]['value']

const notes: Record<Wish, string> = {
  pull: 'Put a tag or a digest in the place of <tag>.',
  push: 'Put the tag that it is to have in the place of <tag>. Your token needs the scope “push”.',
  login: 'Any user name does; the password is one of your tokens.',
}

/** How each client pulls from a repository, pushes to it, and signs in. */
export function RepositoryCommands({ repository }: { repository: RepositoryDetail }) {
  const [wish, choose] = useState<Wish>('pull')
  const { host, isPlain, name } = repository
  const place = { host, isPlain, name, reference: '<tag>' }
  const commands = {
    pull: () => pullCommands(place),
    push: () => pushCommands(place),
    login: () => loginCommands(place),
  }
  return (
    <Panel
      title="Commands"
      actions={<Segments label="What to do" options={wishes} value={wish} onChange={choose} />}
    >
      <p className="pb-2 text-ink-muted text-sm">{notes[wish]}</p>
      <Commands key={wish} label={`${wish} commands`} commands={commands[wish]()} />
    </Panel>
  )
}
