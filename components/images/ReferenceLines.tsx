'use client'

import { CircleAlert, CirclePlus, Copy, Equal, type LucideIcon, Search, UserRoundPlus } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import type { Check, Mark } from '@/components/declare/check'
import type { ChosenPlatforms } from '@/components/images/declare-queries'
import { resolveTag } from '@/components/images/queries'
import { ResolvedDigest } from '@/components/images/ResolvedDigest'
import { isResolvable, type ReferenceLine } from '@/components/images/references'
import { Badge, type Tone } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { useAction } from '@/components/use-action'
import type { ResolvedTag } from '@/server/images/schema'

const looks: Record<Exclude<Mark['outcome'], 'fault'>, { tone: Tone; icon: LucideIcon; word: string }> = {
  new: { tone: 'accent', icon: CirclePlus, word: 'New' },
  use: { tone: 'ok', icon: UserRoundPlus, word: 'Known, adds your use' },
  known: { tone: 'neutral', icon: Equal, word: 'Your team uses it already' },
  repeat: { tone: 'attention', icon: Copy, word: 'Given twice' },
}

type OnResolved = (line: ReferenceLine, resolved: ResolvedTag, platforms: readonly string[]) => void

interface ReferenceLinesProps {
  lines: readonly ReferenceLine[]
  /** Of these very lines; undefined while they are checked. */
  check: Check | undefined
  chosen: ChosenPlatforms
  onResolved: OnResolved
}

/** What will happen to each line, before anything is saved; a tag is resolved to its digest here. */
export function ReferenceLines({ lines, check, chosen, onResolved }: ReferenceLinesProps) {
  const marks = check?.marks.length === lines.length ? check.marks : undefined
  return (
    <section aria-label="What will happen to each line" className="rounded-md border border-line bg-surface">
      <ul className="divide-y divide-line">
        {lines.map((line, index) => (
          <Line
            key={`${line.number} ${line.reference}`}
            line={line}
            mark={marks?.[index]}
            platforms={chosen[line.reference]}
            onResolved={onResolved}
          />
        ))}
      </ul>
    </section>
  )
}

interface LineProps {
  line: ReferenceLine
  mark: Mark | undefined
  platforms: readonly string[] | undefined
  onResolved: OnResolved
}

function Line({ line, mark, platforms, onResolved }: LineProps) {
  const { reference } = line
  const [resolved, keep] = useState<ResolvedTag>()
  const resolve = useAction(resolveTag, { faults: 'form', onSuccess: keep })
  const fault = resolve.error ?? Object.values(resolve.fields ?? {})[0]
  return (
    <li className="flex min-w-0 flex-col gap-2 px-3 py-2 text-sm">
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
        <span className="flex min-w-40 flex-1">
          <MiddleTruncate text={reference} tail={16} />
        </span>
        {isResolvable(reference) && !resolved && (
          <Button
            size="small"
            icon={Search}
            pending={resolve.pending}
            onClick={() => resolve.run({ reference })}
          >
            Resolve to a digest
          </Button>
        )}
        {mark && !resolved && <MarkBadge mark={mark} />}
        {!mark && <span className="text-ink-muted text-xs">Checking …</span>}
      </div>
      {mark?.outcome === 'fault' && !resolved && (
        <p className="flex items-start gap-1 text-attention text-xs">
          <CircleAlert aria-hidden size={13} className="mt-px shrink-0" />
          {mark.message}
        </p>
      )}
      {fault !== undefined && (
        <p role="alert" className="text-failed text-xs">
          {fault}
        </p>
      )}
      {platforms && <p className="text-ink-muted text-xs">Of it: {platforms.join(', ')}</p>}
      {resolved && (
        <ResolvedDigest resolved={resolved} onTake={(chosen) => onResolved(line, resolved, chosen)} />
      )}
    </li>
  )
}

function MarkBadge({ mark }: { mark: Mark }) {
  if (mark.outcome === 'fault') return null
  const { tone, icon, word } = looks[mark.outcome]
  return (
    <span className="inline-flex items-center gap-2">
      <Badge tone={tone} icon={icon}>
        {word}
      </Badge>
      {mark.id !== null && (
        <Link
          href={`/images/${mark.id}`}
          target="_blank"
          className="rounded-sm text-accent text-xs hover:underline"
        >
          Open
        </Link>
      )}
    </span>
  )
}
