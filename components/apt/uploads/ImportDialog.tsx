'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { aptKeys } from '@/components/apt/queries'
import { faultsByField } from '@/components/apt/settings/field-faults'
import { importPackages } from '@/components/apt/uploads/queries'
import { Checkbox } from '@/components/ui/Checkbox'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { Segments } from '@/components/ui/Segments'
import { Select } from '@/components/ui/Select'
import { Textarea } from '@/components/ui/Textarea'
import { useAction } from '@/components/use-action'
import type { RepositoryDetail } from '@/server/apt/schema'

const places = [
  { value: 'url', label: 'By URL' },
  { value: 'directory', label: 'A directory of the server' },
] as const

/** Asks from where packages of another repository come, and starts the task that fetches them. */
export function ImportDialog({ repository, onClose }: { repository: RepositoryDetail; onClose: () => void }) {
  const router = useRouter()
  const [place, setPlace] = useState<'url' | 'directory'>('url')
  const [branch, setBranch] = useState(repository.branches[0]?.name ?? '')
  const [sources, setSources] = useState(true)
  const start = useAction(importPackages, {
    faults: 'form',
    success: 'The import has begun. Its task shows how far it is.',
    invalidates: [aptKeys.all, ['tasks']],
    onSuccess: (task) => router.push(`/tasks/${task.id}`),
  })
  const text = (values: FormData, name: string) => String(values.get(name) ?? '').trim() || undefined
  const list = (values: FormData, name: string) => text(values, name)?.split(/[\s,]+/)
  return (
    <FormDialog
      width="medium"
      title="Import a repository"
      description="Its packages come into one branch, all or nothing. What is here already stays."
      verb={`Import into ${branch}`}
      action={{ ...start, fields: faultsByField(start.fields) }}
      onClose={onClose}
      onSubmit={(values) =>
        start.run({
          repo: repository.name,
          [place]: text(values, place),
          distribution: text(values, 'distribution'),
          components: list(values, 'components'),
          architectures: list(values, 'architectures'),
          publicKey: text(values, 'publicKey'),
          sources,
          branch,
          reason: text(values, 'reason') ?? '',
        })
      }
    >
      <Segments label="From" options={places} value={place} onChange={setPlace} />
      {place === 'url' ? (
        <Field label="URL" name="url" required help="The directory above dists and pool.">
          <Input key="url" mono type="url" placeholder="https://archive.example.org/debian" />
        </Field>
      ) : (
        <Field label="Directory" name="directory" required help="An absolute path that the server can read.">
          <Input key="directory" mono placeholder="/srv/aptly/public" />
        </Field>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Distribution there"
          name="distribution"
          help="Empty for a flat repository or a pile of files."
        >
          <Input mono placeholder="bookworm" autoComplete="off" />
        </Field>
        <Field label="Into the branch" name="branch" required>
          <Select
            options={repository.branches.map(({ name }) => ({ value: name, label: name }))}
            value={branch}
            onChange={setBranch}
          />
        </Field>
        <Field label="Components" name="components" help="All of them, when left empty.">
          <Input mono placeholder="main contrib" autoComplete="off" />
        </Field>
        <Field label="Architectures" name="architectures" help="Those of this repository, when left empty.">
          <Input mono placeholder="amd64 arm64" autoComplete="off" />
        </Field>
      </div>
      <Checkbox label="Sources too" checked={sources} onChange={setSources} />
      <Field
        label="Its public key"
        name="publicKey"
        help="Armored. With it, only a Release that is signed by it is imported; without, the signature is not checked."
      >
        <Textarea mono rows={3} spellCheck={false} placeholder="-----BEGIN PGP PUBLIC KEY BLOCK-----" />
      </Field>
      <Field label="Why" name="reason" required>
        <Input autoComplete="off" placeholder="We leave aptly." />
      </Field>
    </FormDialog>
  )
}
