'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { archiveKeys, changeArchive, createArchive } from '@/components/archives/queries'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { Segments } from '@/components/ui/Segments'
import { useAction } from '@/components/use-action'
import type { Archive } from '@/server/archives/schema'

const kinds = [
  { value: 'directory', label: 'A directory' },
  { value: 'storage', label: 'A part of the storage' },
] as const

interface EditArchiveProps {
  /** The one to change; a new one without. */
  archive?: Archive
  onClose: () => void
}

/** Asks where an old tree is, and how long it is served. */
export function EditArchive({ archive, onClose }: EditArchiveProps) {
  const router = useRouter()
  const [kind, setKind] = useState<'directory' | 'storage'>('directory')
  const create = useAction(createArchive, {
    faults: 'form',
    invalidates: [archiveKeys.all],
    success: ({ name }) => `${name} is served from now on.`,
    onSuccess: ({ name }) => router.push(`/archives/${encodeURIComponent(name)}`),
  })
  const change = useAction(changeArchive, {
    faults: 'form',
    invalidates: [archiveKeys.all],
    success: ({ name }) => `${name} is changed.`,
    onSuccess: onClose,
  })
  const action = archive ? change : create
  const send = (values: FormData) => {
    const text = (name: string) => String(values.get(name) ?? '').trim()
    const shared = { description: text('description') }
    const [pointer, goneFrom] = [text('pointer'), text('goneFrom')]
    if (archive) {
      change.run({ name: archive.name, ...shared, pointer: pointer || null, goneFrom: goneFrom || null })
    } else {
      create.run({
        ...shared,
        name: text('name'),
        kind,
        location: text('location'),
        ...(pointer !== '' && { pointer }),
        ...(goneFrom !== '' && { goneFrom }),
      })
    }
  }
  return (
    <FormDialog
      width="medium"
      title={archive ? `Change ${archive.name}` : 'New archive'}
      description="It is only read. What is in it stays as it is."
      verb={archive ? 'Save' : 'Serve the archive'}
      action={action}
      onClose={onClose}
      onSubmit={send}
    >
      {!archive && (
        <>
          <Field label="Name" name="name" required help="It is served below /archive/ and the name.">
            <Input mono autoComplete="off" placeholder="squeeze-lts" />
          </Field>
          <Segments label="Kind" options={kinds} value={kind} onChange={setKind} />
          <Field
            label={kind === 'directory' ? 'Directory' : 'Prefix in the storage'}
            name="location"
            required
            help={
              kind === 'directory'
                ? 'An absolute path that the server can read.'
                : 'Up to the root of the tree.'
            }
          >
            <Input
              mono
              autoComplete="off"
              placeholder={kind === 'directory' ? '/srv/legacy/debian' : 'legacy/debian'}
            />
          </Field>
        </>
      )}
      <Field label="What it is" name="description">
        <Input defaultValue={archive?.description} autoComplete="off" />
      </Field>
      <Field
        label="Where to go instead"
        name="pointer"
        help="A sentence or a URL. It stands in the listing, and in the answer once the archive is buried."
      >
        <Input defaultValue={archive?.pointer ?? undefined} autoComplete="off" />
      </Field>
      <Field
        label="Buried from"
        name="goneFrom"
        help="From this day, in UTC, it answers 410 with the line above."
      >
        <Input type="date" defaultValue={archive?.goneFrom ?? undefined} />
      </Field>
    </FormDialog>
  )
}
