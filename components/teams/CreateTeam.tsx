'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { createTeam, teamKeys } from '@/components/teams/queries'
import { slugOf } from '@/components/teams/slug-of'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { useAction } from '@/components/use-action'

/** Asks for a new team, and opens its page. */
export function CreateTeam({ onClose }: { onClose: () => void }) {
  const router = useRouter()
  const [name, setName] = useState('')
  const [slug, setSlug] = useState<string>()
  const action = useAction(createTeam, {
    faults: 'form',
    invalidates: [teamKeys.all],
    success: (team) => `The team ${team.name} is there. Put people into it.`,
    onSuccess: (team) => router.push(`/teams/${team.slug}`),
  })
  return (
    <FormDialog
      title="New team"
      description="People who belong to it may declare on its behalf."
      verb="Create team"
      action={action}
      onClose={onClose}
      onSubmit={() => action.run({ name, slug: slug ?? slugOf(name) })}
    >
      <Field label="Name" name="name" required>
        <Input value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" />
      </Field>
      <Field
        label="Slug"
        name="slug"
        required
        help="In URLs, in the API and in commands: --team and a slug. It cannot be changed later."
      >
        <Input
          mono
          value={slug ?? slugOf(name)}
          onChange={(event) => setSlug(event.target.value)}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
    </FormDialog>
  )
}
