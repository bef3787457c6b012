'use client'

import type { QueryKey } from '@tanstack/react-query'
import { UseFields } from '@/components/declare/UseFields'
import { inputOf, useUseValues } from '@/components/declare/use-values'
import { FormDialog } from '@/components/ui/FormDialog'
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
  const [values, change] = useUseValues()
  const add = useAction(perform, {
    faults: 'form',
    success: 'Your use is recorded.',
    invalidates,
    onSuccess: onClose,
  })
  return (
    <FormDialog
      width="medium"
      title="Add a use"
      description="It is kept and served either way; a use says who relies on it, and why."
      verb="Add the use"
      action={add}
      onClose={onClose}
      onSubmit={() => add.run(inputOf(values))}
    >
      <UseFields values={values} onChange={change} />
    </FormDialog>
  )
}

interface ChangeUseProps {
  use: Use
  invalidates: readonly QueryKey[]
  onClose: () => void
}

/** Corrects what is said of a use. */
export function ChangeUse({ use, invalidates, onClose }: ChangeUseProps) {
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
    <FormDialog
      width="medium"
      title={`Change the use of ${use.team.name}`}
      verb="Save the use"
      action={save}
      onClose={onClose}
      onSubmit={() => {
        const { reason, project, licence } = values
        save.run({ id: use.id, reason, project, licence })
      }}
    >
      <UseFields values={values} onChange={change} team="fixed" />
    </FormDialog>
  )
}
