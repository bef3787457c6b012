'use client'

import { useMemo } from 'react'
import { aptKeys, changeBranch } from '@/components/apt/queries'
import { useDrafts } from '@/components/apt/settings/drafts'
import { NumberField } from '@/components/apt/settings/NumberField'
import { numberOrNull } from '@/components/apt/settings/number-or-null'
import { SaveBar } from '@/components/apt/settings/SaveBar'
import { useEdited } from '@/components/apt/settings/use-edited'
import { Checkbox } from '@/components/ui/Checkbox'
import { Form } from '@/components/ui/Form'
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
  const drafts = useDrafts(repository.name)
  return (
    <Panel title="Branches">
      <Tabs
        label="Branches"
        tabs={repository.branches.map((branch) => ({
          value: branch.name,
          label: branch.name,
          isUnsaved: drafts.has(branch.name),
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

function patchOf({ validDays, keepVersions, ...same }: Partial<Values>): BranchPatch {
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
  const { now, edited, set, forget } = useEdited(before, { repo, form: branch.name })
  const isChanged = Object.keys(edited).length > 0
  const send = (values: Partial<Values>) => changeBranch({ repo, branch: branch.name, ...patchOf(values) })
  const save = useAction(send, {
    faults: 'form',
    success: `The settings of ${branch.name} hold from now on.`,
    invalidates: [aptKeys.all],
    onRefreshed: forget,
  })
  return (
    <Form
      label={`Settings of ${branch.name}`}
      pending={save.pending || isLocked}
      fields={save.fields}
      error={save.error}
      onSubmit={() => isChanged && save.run(edited)}
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
      <NumberField
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
        min={1}
        max={3650}
        value={now.validDays}
        onChange={(validDays) => set({ validDays })}
      />
      <NumberField
        label="Versions of a package to keep in it"
        name="keepVersions"
        help="Older ones leave the branch when a newer one comes. All stay, when left empty."
        min={1}
        max={1000}
        value={now.keepVersions}
        onChange={(keepVersions) => set({ keepVersions })}
      />
      <SaveBar
        verb={`Save ${branch.name}`}
        isChanged={isChanged}
        pending={save.pending}
        onForget={() => forget()}
      />
    </Form>
  )
}
