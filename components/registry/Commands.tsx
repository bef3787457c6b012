'use client'

import type { Command } from '@/components/registry/commands'
import { Snippet } from '@/components/ui/Snippet'
import { Tabs } from '@/components/ui/Tabs'

interface CommandsProps {
  /** What they do, read out: “Pull commands”. */
  label: string
  commands: readonly Command[]
}

/** The same thing in the words of each client, ready to paste. */
export function Commands({ label, commands }: CommandsProps) {
  return (
    <Tabs
      label={label}
      tabs={commands.map(({ id, title, code }) => ({
        value: id,
        label: title,
        content: <Snippet code={code} label={`${title}: ${label.toLowerCase()}`} />,
      }))}
    />
  )
}
