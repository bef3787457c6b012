'use client'

import { useMemo } from 'react'
import { aptKeys, changeRepository } from '@/components/apt/queries'
import { repositoryForm } from '@/components/apt/settings/drafts'
import { faultsByField } from '@/components/apt/settings/field-faults'
import { NameChips } from '@/components/apt/settings/NameChips'
import { NumberField } from '@/components/apt/settings/NumberField'
import { numberOrNull } from '@/components/apt/settings/number-or-null'
import { SaveBar } from '@/components/apt/settings/SaveBar'
import { TeamChoice } from '@/components/apt/settings/TeamChoice'
import { useEdited } from '@/components/apt/settings/use-edited'
import { Checkbox } from '@/components/ui/Checkbox'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'
import { Panel } from '@/components/ui/Panel'
import { Select } from '@/components/ui/Select'
import { useAction } from '@/components/use-action'
import type { RepositoryDetail, RepositoryPatch, SignaturePolicy } from '@/server/apt/schema'

const policies: { value: SignaturePolicy; label: string }[] = [
  { value: 'required', label: 'required: by a known uploader' },
  { value: 'optional', label: 'optional: unsigned is taken, a wrong one is not' },
  { value: 'off', label: 'off: signatures are not looked at' },
]

/** What the form holds at first. */
function settingsOf({ branches, ...repository }: RepositoryDetail) {
  const { description, origin, label, fqdn, team, components, architectures } = repository
  const { signaturePolicy, allowOlder, keepGenerations, flatLayout, contents } = repository
  return {
    description,
    origin,
    label,
    fqdn: fqdn ?? '',
    team: team ?? '',
    components,
    architectures,
    branches: branches.map(({ name }) => name),
    signaturePolicy,
    allowOlder,
    keepGenerations: keepGenerations === null ? '' : String(keepGenerations),
    flatLayout,
    contents,
  }
}
type Values = ReturnType<typeof settingsOf>

function patchOf({ fqdn, team, keepGenerations, ...same }: Partial<Values>): RepositoryPatch {
  return {
    ...same,
    ...(fqdn !== undefined && { fqdn: fqdn.trim() === '' ? null : fqdn.trim() }),
    ...(team !== undefined && { team: team === '' ? null : team }),
    ...(keepGenerations !== undefined && { keepGenerations: numberOrNull(keepGenerations) }),
  }
}

interface RepositorySettingsProps {
  repository: RepositoryDetail
  isLocked: boolean
}

/** The settings of the repository as a whole; only what was changed is sent. */
export function RepositorySettings({ repository, isLocked }: RepositorySettingsProps) {
  const before = useMemo(() => settingsOf(repository), [repository])
  const { now, edited, set, forget } = useEdited(before, { repo: repository.name, form: repositoryForm })
  const count = Object.keys(edited).length
  const send = (values: Partial<Values>) => changeRepository({ repo: repository.name, ...patchOf(values) })
  const save = useAction(send, {
    faults: 'form',
    success: 'The settings hold from now on.',
    invalidates: [aptKeys.all],
    onRefreshed: forget,
  })
  return (
    <Panel title="Repository">
      <Form
        label="Settings of the repository"
        pending={save.pending || isLocked}
        fields={faultsByField(save.fields)}
        error={save.error}
        onSubmit={() => count > 0 && save.run(edited)}
      >
        <Field label="What it is for" name="description">
          <Input value={now.description} onChange={(event) => set({ description: event.target.value })} />
        </Field>
        <TeamChoice value={now.team} onChange={(team) => set({ team })} />
        <NameChips
          label="Branches, in the order of promotion"
          name="branches"
          noun="branch"
          names={now.branches}
          onChange={(branches) => set({ branches })}
          isOrdered
          fixed={before.branches}
          help="A name that is new makes a branch. The order is that of the board."
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <NameChips
            label="Components"
            name="components"
            noun="component"
            names={now.components}
            onChange={(components) => set({ components })}
            help="One can be taken out while nothing is in it."
          />
          <NameChips
            label="Architectures"
            name="architectures"
            noun="architecture"
            names={now.architectures}
            onChange={(architectures) => set({ architectures })}
            help="“all” and sources are always there."
          />
        </div>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Origin" name="origin" help="In every Release; pinning in apt_preferences goes by it.">
            <Input value={now.origin} onChange={(event) => set({ origin: event.target.value })} />
          </Field>
          <Field label="Label" name="label" help="In every Release, beside the origin.">
            <Input value={now.label} onChange={(event) => set({ label: event.target.value })} />
          </Field>
        </div>
        <Field
          label="Host name"
          name="fqdn"
          help="A name of its own that points here: POST /dmove knows the repository by it, without “repo”."
        >
          <Input
            mono
            value={now.fqdn}
            placeholder="packages.example.org"
            onChange={(event) => set({ fqdn: event.target.value })}
          />
        </Field>
        <Field
          label="Signatures of uploads"
          name="signaturePolicy"
          help="Of the .changes that dput and dupload send. A token is needed in any case."
          required
        >
          <Select
            options={policies}
            value={now.signaturePolicy}
            onChange={(value) => set({ signaturePolicy: policies.find((one) => one.value === value)?.value })}
          />
        </Field>
        <NumberField
          label="Snapshots to keep of each branch"
          name="keepGenerations"
          help="At least three, so that apt never asks for an index that is gone. All are kept, when left empty."
          min={3}
          value={now.keepGenerations}
          onChange={(keepGenerations) => set({ keepGenerations })}
        />
        <Checkbox
          label="Take older versions"
          help="An upload may be older than what the branch has; otherwise it is refused."
          checked={now.allowOlder}
          onChange={(allowOlder) => set({ allowOlder })}
        />
        <Checkbox
          label="Contents indexes"
          help="Which package has which file, for apt-file. Costs some time at each change."
          checked={now.contents}
          onChange={(contents) => set({ contents })}
        />
        <Checkbox
          label="Flat layout too"
          help={`/apt/${repository.name}/<branch>/<architecture>/ for clients that know no dists directory.`}
          checked={now.flatLayout}
          onChange={(flatLayout) => set({ flatLayout })}
        />
        <SaveBar
          verb={count < 2 ? 'Save the change' : `Save ${count} changes`}
          isChanged={count > 0}
          pending={save.pending}
          onForget={() => forget()}
        />
      </Form>
    </Panel>
  )
}
