'use client'

import type { RepositoryFilter, RepositoryFilterChange } from '@/components/apt/filter'
import { aptRecipes } from '@/components/apt/setup/recipes'
import { Steps } from '@/components/setup/Steps'
import { Copyable } from '@/components/ui/Copyable'
import { Field } from '@/components/ui/Field'
import { Panel } from '@/components/ui/Panel'
import { Select } from '@/components/ui/Select'
import { Tabs } from '@/components/ui/Tabs'
import type { RepositoryDetail } from '@/server/apt/schema'

interface SetMeUpProps {
  repository: RepositoryDetail
  filter: RepositoryFilter
  onFilter: RepositoryFilterChange
  /** Base URL of the portal. */
  portal: string
}

/** Commands and files for machines and people, filled in for the chosen branch and architecture. */
export function SetMeUp({ repository, filter, onFilter, portal }: SetMeUpProps) {
  const { branches, architectures, keys } = repository
  const usual = branches.at(-1)?.name ?? ''
  const branch = branches.some(({ name }) => name === filter.branch) ? (filter.branch ?? usual) : usual
  const architecture = filter.architecture ?? ''
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-[14rem_14rem_minmax(0,1fr)] sm:items-end">
        <Field label="Branch" required>
          <Select
            options={branches.map(({ name }) => ({ value: name, label: name }))}
            value={branch}
            onChange={(next) => onFilter({ branch: next }, 'replace')}
          />
        </Field>
        <Field label="Architecture" required>
          <Select
            placeholder="the machine’s own"
            options={architectures.map((name) => ({ value: name, label: name }))}
            value={architecture}
            onChange={(next) => onFilter({ architecture: next === '' ? undefined : next }, 'replace')}
          />
        </Field>
        {keys[0] && (
          <p className="flex min-w-0 flex-wrap items-center gap-x-2 pb-1.5 text-ink-muted text-xs">
            Signed by <Copyable value={keys[0].fingerprint} label="fingerprint" tail={16} />
          </p>
        )}
      </div>
      <Panel title={`Use ${branch}`}>
        <Tabs
          label="Tools"
          tabs={aptRecipes(repository, { branch, architecture, portal }).map((recipe) => ({
            value: recipe.id,
            label: recipe.title,
            content: <Steps steps={recipe.steps} noun="lines" />,
          }))}
        />
      </Panel>
    </div>
  )
}
