'use client'

import type { QueryKey } from '@tanstack/react-query'
import { useId } from 'react'
import { UseFields } from '@/components/declare/UseFields'
import { inputOf, useUseValues } from '@/components/declare/use-values'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Form } from '@/components/ui/Form'
import { useAction } from '@/components/use-action'
import { changeUse } from '@/components/uses/queries'
import type { Use } from '@/server/mirror/schema'

interface AddUseProps {
  /** Declares the known thing once more. */
  perform: (use: ReturnType<typeof inputOf>) => Promise<unknown>
  invalidates: readonly QueryKey[]
  onClose: () => void
}

/** Adds a use of what is known: another team, or another reason. */
export function AddUse({ perform, invalidates, onClose }: AddUseProps) {
  const form = useId()
  const [values, change] = useUseValues()
  const add = useAction(perform, {
    faults: 'form',
    success: 'Your use is recorded.',
    invalidates,
    onSuccess: onClose,
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title="Add a use"
      description="It is kept and served either way; a use says who relies on it, and why."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={add.pending}>
            Add the use
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={add.pending}
        fields={add.fields}
        error={add.error}
        onSubmit={() => add.run(inputOf(values))}
      >
        <UseFields values={values} onChange={change} />
      </Form>
    </Dialog>
  )
}

interface ChangeUseProps {
  use: Use
  invalidates: readonly QueryKey[]
  onClose: () => void
}

/** Corrects what is said of a use. */
export function ChangeUse({ use, invalidates, onClose }: ChangeUseProps) {
  const form = useId()
  const [values, change] = useUseValues({
    reason: use.reason,
    team: use.team.slug,
    project: use.project ?? '',
    licence: use.licence ?? '',
  })
  const save = useAction(changeUse, {
    faults: 'form',
    success: 'The use is changed.',
    invalidates,
    onSuccess: onClose,
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title={`Change the use of ${use.team.name}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={save.pending}>
            Save the use
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={save.pending}
        fields={save.fields}
        error={save.error}
        onSubmit={() => {
          const { reason, project, licence } = values
          save.run({ id: use.id, reason, project, licence })
        }}
      >
        <UseFields values={values} onChange={change} team="fixed" />
      </Form>
    </Dialog>
  )
}
