'use client'

import { Ban, Check, CornerLeftUp, Trash2, UserRound, UsersRound } from 'lucide-react'
import Link from 'next/link'
import { accessHref, writtenNode } from '@/components/registry/places'
import { subjectOf } from '@/components/registry/rule-texts'
import { Badge } from '@/components/ui/Badge'
import { IconButton } from '@/components/ui/IconButton'
import type { NodeRule } from '@/server/oci/access/schema'

interface RuleLineProps {
  rule: NodeRule
  /** Of an inherited rule: the node at which it stands. */
  from?: { cluster: string; node: string }
  /** Left out for what cannot be removed here. */
  onRemove?: () => void
  /** Why it may not be removed by this person. */
  refusal?: string
}

/** One rule as a sentence: whom it is about, what it allows or denies, and how far it reaches. */
export function RuleLine({ rule, from, onRemove, refusal }: RuleLineProps) {
  const Subject = rule.subject === 'user' ? UserRound : UsersRound
  const isAllowed = rule.effect === 'allow'
  return (
    <li className="flex min-w-0 items-start gap-3 px-4 py-2.5 text-sm">
      <Subject aria-hidden size={15} className="mt-0.5 shrink-0 text-ink-faint" />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <span className="break-words">{subjectOf(rule)}</span>
        <span className="flex flex-wrap items-center gap-1">
          <Badge tone={isAllowed ? 'ok' : 'failed'} icon={isAllowed ? Check : Ban}>
            {isAllowed ? 'may' : 'may not'}
          </Badge>
          {rule.permissions.map((permission) => (
            <Badge key={permission}>{permission}</Badge>
          ))}
          {!from && (
            <span className="text-ink-muted text-xs">{rule.inherited ? 'here and below' : 'here only'}</span>
          )}
        </span>
        {from && (
          <span className="flex items-center gap-1 text-ink-muted text-xs">
            <CornerLeftUp aria-hidden size={12} />
            {rule.id === null ? (
              'built in, until the root has rules of its own'
            ) : (
              <>
                from{' '}
                <Link
                  href={accessHref(from.cluster, from.node)}
                  className="rounded-sm font-mono text-accent hover:underline"
                >
                  {writtenNode(from.node)}
                </Link>
              </>
            )}
          </span>
        )}
        {!from && rule.id === null && (
          <span className="text-ink-muted text-xs">Built in, until you write the first rule here.</span>
        )}
      </div>
      {onRemove && refusal === undefined && (
        <IconButton
          size="small"
          icon={Trash2}
          label={`Remove the rule for ${subjectOf(rule)}`}
          onClick={onRemove}
        />
      )}
    </li>
  )
}
