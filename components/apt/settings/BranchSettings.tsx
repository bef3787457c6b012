'use client'

import { useMemo } from 'react'
import { aptKeys, changeBranch } from '@/components/apt/queries'
import { changedOf } from '@/components/apt/settings/changed-of'
import { numberOrNull } from '@/components/apt/settings/number-or-null'
import { SaveBar } from '@/components/apt/settings/SaveBar'
import { useEdited } from '@/components/apt/settings/use-edited'
import { Checkbox } from '@/components/ui/Checkbox'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'
import { Panel } from '@/components/ui/Panel'
import { Tabs } from '@/components/ui/Tabs'
import { Time } from '@/components/ui/Time'
import { useAction } from '@/components/use-action'
import type { Branch, BranchPatch, RepositoryDetail } from '@/server/apt/schema'

interface BranchSettingsProps {
  repository: RepositoryDetail
  isLocked: boolean
}

/** The settings of each branch. */
export function BranchSettings({ repository, isLocked }: BranchSettingsProps) {
  return (
    <Panel title="Branches">
      <Tabs
        label="Branches"
        tabs={repository.branches.map((branch) => ({
          value: branch.name,
          label: branch.name,
          content: <BranchForm repo={repository.name} branch={branch} isLocked={isLocked} />,
        }))}
      />
    </Panel>
  )
}

function settingsOf(branch: Branch) {
  const { approvalRequired, notAutomatic, butAutomaticUpgrades, validDays, keepVersions } = branch
  return {
    approvalRequired,
    notAutomatic,
    butAutomaticUpgrades,
    validDays: validDays === null ? '' : String(validDays),
    keepVersions: keepVersions === null ? '' : String(keepVersions),
  }
}
type Values = ReturnType<typeof settingsOf>

function patchOf(before: Values, now: Values): BranchPatch {
  const { validDays, keepVersions, ...same } = changedOf(before, now)
  return {
    ...same,
    ...(validDays !== undefined && { validDays: numberOrNull(validDays) }),
    ...(keepVersions !== undefined && { keepVersions: numberOrNull(keepVersions) }),
  }
}

interface BranchFormProps {
  repo: string
  branch: Branch
  isLocked: boolean
}

function BranchForm({ repo, branch, isLocked }: BranchFormProps) {
  const before = useMemo(() => settingsOf(branch), [branch])
  const { now, set, forget } = useEdited(before)
  const patch = patchOf(before, now)
  const isChanged = Object.keys(patch).length > 0
  const save = useAction(changeBranch, {
    faults: 'form',
    success: `The settings of ${branch.name} hold from now on.`,
    invalidates: [aptKeys.all],
    onSuccess: forget,
  })
  return (
    <Form
      label={`Settings of ${branch.name}`}
      pending={save.pending || isLocked}
      fields={save.fields}
      error={save.error}
      onSubmit={() => isChanged && save.run({ repo, branch: branch.name, ...patch })}
    >
      <Checkbox
        label="Moves into it need approval"
        help="Who asks cannot approve; an approval holds for exactly these files, once."
        checked={now.approvalRequired}
        onChange={(approvalRequired) => set({ approvalRequired })}
      />
      <Checkbox
        label="Not automatic"
        help="apt installs nothing of it by itself (NotAutomatic, priority 1), only when it is asked for."
        checked={now.notAutomatic}
        onChange={(notAutomatic) => set({ notAutomatic })}
      />
      <Checkbox
        label="But automatic upgrades"
        help="With “not automatic”: what was installed from it is upgraded from it (priority 100)."
        checked={now.butAutomaticUpgrades}
        onChange={(butAutomaticUpgrades) => set({ butAutomaticUpgrades })}
      />
      <Field
        label="Days that a Release is valid"
        name="validDays"
        help={
          branch.validUntil === null ? (
            'When left empty it has no Valid-Until. With a number it is signed anew in time, by itself.'
          ) : (
            <>
              Signed anew in time, by itself; now valid until <Time at={branch.validUntil} format="exact" />.
            </>
          )
        }
      >
        <Input
          type="number"
          min={1}
          max={3650}
          inputMode="numeric"
          value={now.validDays}
          onChange={(event) => set({ validDays: event.target.value })}
        />
      </Field>
      <Field
        label="Versions of a package to keep in it"
        name="keepVersions"
        help="Older ones leave the branch when a newer one comes. All stay, when left empty."
      >
        <Input
          type="number"
          min={1}
          max={1000}
          inputMode="numeric"
          value={now.keepVersions}
          onChange={(event) => set({ keepVersions: event.target.value })}
        />
      </Field>
      <SaveBar verb={`Save ${branch.name}`} isChanged={isChanged} pending={save.pending} onForget={forget} />
    </Form>
  )
}
