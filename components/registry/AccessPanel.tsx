'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { accessKeys, removeRule, rulesOf } from '@/components/registry/access-queries'
import { ExplainAccess } from '@/components/registry/ExplainAccess'
import { registryKeys } from '@/components/registry/queries'
import { RuleLine } from '@/components/registry/RuleLine'
import { subjectOf } from '@/components/registry/rule-texts'
import { Button } from '@/components/ui/Button'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { sentenceOf, useAction } from '@/components/use-action'
import { ApiError } from '@/server/api/client'
import type { NodeRule } from '@/server/oci/access/schema'

const AddRule = dynamic(async () => (await import('@/components/registry/AddRule')).AddRule, { ssr: false })

interface AccessPanelProps {
  cluster: string
  path: string
}

/** Who may do what at a node: its own rules, those it inherits and from where, and why somebody may or may not. */
export function AccessPanel({ cluster, path }: AccessPanelProps) {
  const { data: rules, error } = useQuery(rulesOf({ cluster, path }))
  const [isAdding, setAdding] = useState(false)
  const [removing, askRemoval] = useState<NodeRule>()
  if (error) {
    return (
      <>
        <Notice
          tone="attention"
          title={
            isElsewhere(error)
              ? 'The cluster decides by its own permissions'
              : 'The rules of this node are not yours to see'
          }
        >
          {sentenceOf(error)}
        </Notice>
        <ExplainAccess cluster={cluster} path={path} mayAskAboutOthers={false} />
      </>
    )
  }
  if (!rules) return <Skeleton height={160} />
  const refusal = rules.mayAdminister ? undefined : 'This needs “administer” on this node.'
  return (
    <>
      <div className="grid min-w-0 items-start gap-4 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Panel
            title="Rules of this node"
            padding="flush"
            actions={
              <Button size="small" icon={Plus} disabledReason={refusal} onClick={() => setAdding(true)}>
                Add a rule
              </Button>
            }
          >
            {rules.own.length === 0 ? (
              <p className="px-4 py-6 text-ink-muted text-sm">
                It has none of its own; what is inherited decides.
              </p>
            ) : (
              <ul className="divide-y divide-line">
                {rules.own.map((rule) => (
                  <RuleLine
                    key={rule.id ?? 'built-in'}
                    rule={rule}
                    refusal={refusal}
                    onRemove={rule.id === null ? undefined : () => askRemoval(rule)}
                  />
                ))}
              </ul>
            )}
          </Panel>
          {rules.inherited.length > 0 && (
            <Panel title="Inherited" padding="flush">
              <ul className="divide-y divide-line">
                {rules.inherited.map((rule) => (
                  <RuleLine key={`${rule.node} ${rule.id}`} rule={rule} from={{ cluster, node: rule.node }} />
                ))}
              </ul>
            </Panel>
          )}
        </div>
        <ExplainAccess cluster={cluster} path={path} mayAskAboutOthers={rules.mayAdminister} />
      </div>
      {isAdding && <AddRule cluster={cluster} path={path} onClose={() => setAdding(false)} />}
      {removing && <RemoveRule cluster={cluster} rule={removing} onClose={() => askRemoval(undefined)} />}
    </>
  )
}

interface RemoveRuleProps {
  cluster: string
  rule: NodeRule
  onClose: () => void
}

function RemoveRule({ cluster, rule, onClose }: RemoveRuleProps) {
  const remove = useAction(removeRule, {
    success: 'The rule is gone.',
    invalidates: [accessKeys.all, registryKeys.all],
    onSuccess: onClose,
  })
  const verb = rule.effect === 'allow' ? 'allows' : 'denies'
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Remove a rule"
      lost={`What it says counts no longer: it ${verb} ${rule.permissions.join(', ')} to ${subjectOf(rule).toLowerCase()}.`}
      kept="Images stay, and so do all other rules."
      verb="Remove the rule"
      pending={remove.pending}
      onConfirm={() => rule.id !== null && remove.run({ cluster, id: rule.id })}
    />
  )
}

/** Clusters with users of their own have no rules here. */
function isElsewhere(error: Error): boolean {
  return error instanceof ApiError && error.code === 'conflict'
}
