'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { repositoryHref } from '@/components/apt/places'
import { aptKeys, createRepository } from '@/components/apt/queries'
import { faultsByField } from '@/components/apt/settings/field-faults'
import { NameChips } from '@/components/apt/settings/NameChips'
import { TeamChoice } from '@/components/apt/settings/TeamChoice'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'
import { useAction } from '@/components/use-action'

interface CreateRepositoryFormProps {
  id: string
  onPending: (pending: boolean) => void
}

const usualBranches = ['unstable', 'testing', 'prestable', 'stable']

/** Asks for a new repository, makes it, and opens it. The button that sends it stands elsewhere. */
export function CreateRepositoryForm({ id, onPending }: CreateRepositoryFormProps) {
  const router = useRouter()
  const [branches, setBranches] = useState<string[]>(usualBranches)
  const [components, setComponents] = useState<string[]>(['main'])
  const [architectures, setArchitectures] = useState<string[]>(['amd64', 'arm64'])
  const [team, setTeam] = useState('')
  const create = useAction(
    async (input: Parameters<typeof createRepository>[0]) => {
      onPending(true)
      return createRepository(input).finally(() => onPending(false))
    },
    {
      faults: 'form',
      invalidates: [aptKeys.all],
      success: ({ name }) => `The repository ${name} is there, with a key of its own.`,
      onSuccess: ({ name }) => router.push(repositoryHref(name)),
    },
  )
  return (
    <Form
      id={id}
      label="New repository"
      pending={create.pending}
      fields={faultsByField(create.fields)}
      error={create.error}
      onSubmit={(values) =>
        create.run({
          name: String(values.get('name')).trim(),
          description: String(values.get('description')),
          branches,
          components,
          architectures,
          team: team === '' ? null : team,
        })
      }
    >
      <Field
        label="Name"
        name="name"
        required
        help="In its URL: /apt/ and the name. It cannot be changed later."
      >
        <Input mono autoComplete="off" spellCheck={false} placeholder="platform" />
      </Field>
      <Field label="What is it for?" name="description">
        <Input autoComplete="off" />
      </Field>
      <NameChips
        label="Branches, in the order of promotion"
        name="branches"
        noun="branch"
        names={branches}
        onChange={setBranches}
        isOrdered
        help="Uploads come in at the first; packages move on to the next. More can be added later."
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <NameChips
          label="Components"
          name="components"
          noun="component"
          names={components}
          onChange={setComponents}
        />
        <NameChips
          label="Architectures"
          name="architectures"
          noun="architecture"
          names={architectures}
          onChange={setArchitectures}
          help="“all” and sources are always there."
        />
      </div>
      <TeamChoice value={team} onChange={setTeam} />
    </Form>
  )
}
