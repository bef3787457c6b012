'use client'

import { AuthorityFacts } from '@/components/setup/AuthorityFacts'
import { Check } from '@/components/setup/Check'
import { type Installation, type Recipe, recipes } from '@/components/setup/recipes'
import { Steps } from '@/components/setup/Steps'
import { cx } from '@/components/ui/class-names'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { useUrlState } from '@/components/url-state'
import type { Authority } from '@/server/proxy/schema'

interface SetupPageProps {
  installation: Installation
  /** The authority that signs now. */
  authority: Authority | undefined
  /** Makes the probe's URL one of its own. */
  probeId: string
}

const usual = { for: 'debian' }

/** Commands that make a machine or a tool fetch through Entrepôt, and a probe that shows it works. */
export function SetupPage({ installation, authority, probeId }: SetupPageProps) {
  const [{ for: wanted }, choose] = useUrlState(usual)
  const all = recipes(installation)
  const recipe = all.find(({ id }) => id === wanted) ?? (all[0] as Recipe)
  return (
    <>
      <PageHeader
        title="Set up a client"
        description="Two things: trust this installation’s authority, and send requests through its proxy. The commands below have its names in them."
      />
      <DetailLayout aside={<AuthorityFacts installation={installation} authority={authority} />}>
        <fieldset className="flex min-w-0 flex-wrap gap-1.5">
          <legend className="mb-2 font-strong text-sm">System or tool</legend>
          {all.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              aria-pressed={id === recipe.id}
              onClick={() => choose({ for: id })}
              className={cx(
                'h-7.5 rounded-full border px-3 text-sm transition-colors',
                id === recipe.id
                  ? 'border-accent bg-accent-soft text-accent'
                  : 'border-line bg-surface text-ink hover:bg-hover',
              )}
            >
              {title}
            </button>
          ))}
        </fieldset>
        <Panel title={recipe.title}>
          <Steps steps={recipe.steps} noun="commands" />
        </Panel>
        {recipe.id !== 'registry' && (
          <Check key={probeId} recipe={recipe} installation={installation} probeId={probeId} />
        )}
      </DetailLayout>
    </>
  )
}
