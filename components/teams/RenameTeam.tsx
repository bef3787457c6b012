'use client'

import { useId } from 'react'
import { renameTeam, teamKeys } from '@/components/teams/queries'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'
import { useAction } from '@/components/use-action'
import type { Team } from '@/server/auth/schema'

/** Asks for another name; the slug stays. */
export function RenameTeam({ team, onClose }: { team: Team; onClose: () => void }) {
  const form = useId()
  const action = useAction(renameTeam, {
    faults: 'form',
    invalidates: [teamKeys.all],
    success: (renamed) => `The team is called ${renamed.name} now.`,
    onSuccess: onClose,
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Rename team"
      description={`The slug “${team.slug}” stays, because commands and tokens use it.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={action.pending}>
            Rename
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={action.pending}
        fields={action.fields}
        error={action.error}
        onSubmit={(values) => action.run({ slug: team.slug, name: String(values.get('name')) })}
      >
        <Field label="Name" name="name" required>
          <Input defaultValue={team.name} autoComplete="off" />
        </Field>
      </Form>
    </Dialog>
  )
}
