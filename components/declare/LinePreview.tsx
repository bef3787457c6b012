'use client'

import { CircleAlert, CirclePlus, Copy, Equal, type LucideIcon, UserRoundPlus } from 'lucide-react'
import Link from 'next/link'
import { type Check, countMarks, type Mark } from '@/components/declare/check'
import type { Line } from '@/components/declare/lines'
import { Badge, type Tone } from '@/components/ui/Badge'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'

interface MarkLook {
  tone: Tone
  icon: LucideIcon
  word: string
  /** After a number, in the summary. */
  counted: string
}

const looks: Record<Mark['outcome'], MarkLook> = {
  fault: { tone: 'failed', icon: CircleAlert, word: 'To correct', counted: 'to correct' },
  new: { tone: 'accent', icon: CirclePlus, word: 'New', counted: 'new' },
  use: { tone: 'ok', icon: UserRoundPlus, word: 'Known, adds your use', counted: 'known, add your use' },
  known: {
    tone: 'neutral',
    icon: Equal,
    word: 'Your team uses it already',
    counted: 'used by your team already',
  },
  repeat: { tone: 'attention', icon: Copy, word: 'Given twice', counted: 'given twice' },
}
const order = Object.keys(looks) as Mark['outcome'][]

const SHOWN = 100

interface LinePreviewProps {
  lines: readonly Line[]
  /** Of these very lines; undefined while they are checked. */
  check: Check | undefined
}

/** What will happen to each line, before anything is saved; lines to correct come first. */
export function LinePreview({ lines, check }: LinePreviewProps) {
  const marks = check?.marks.length === lines.length ? check.marks : undefined
  if (lines.length === 1) return <OnlyLine mark={marks?.[0]} />
  const rows = lines.map((line, index) => ({ key: `${index} ${line.uri}`, line, mark: marks?.[index] }))
  const sorted = [...rows.filter(isFault), ...rows.filter((row) => !isFault(row))]
  return (
    <div className="flex flex-col gap-1.5">
      <p aria-live="polite" className="flex min-h-5 flex-wrap gap-x-3 text-ink-muted text-xs">
        {marks ? <Summary marks={marks} /> : 'Checking …'}
      </p>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="What will happen to each line"
        className="max-h-72 overflow-y-auto rounded-md border border-line bg-surface"
      >
        <ul className="divide-y divide-line">
          {sorted.slice(0, SHOWN).map(({ key, line, mark }) => (
            <LineRow key={key} line={line} mark={mark} />
          ))}
        </ul>
        {sorted.length > SHOWN && (
          <p className="border-line border-t px-3 py-1.5 text-ink-muted text-xs">
            and {(sorted.length - SHOWN).toLocaleString('en')} more
          </p>
        )}
      </section>
    </div>
  )
}

const sentences: Record<Exclude<Mark['outcome'], 'fault'>, string> = {
  new: 'Nobody has declared it yet. It is fetched as soon as you do.',
  use: 'It is declared already. This adds your use of it.',
  known: 'Your team uses it already.',
  repeat: 'It is given twice.',
}

function OnlyLine({ mark }: { mark: Mark | undefined }) {
  if (mark?.outcome === 'fault') return null
  const Icon = mark && looks[mark.outcome].icon
  return (
    <p aria-live="polite" className="flex min-h-5 items-center gap-1.5 text-ink-muted text-sm">
      {Icon && <Icon aria-hidden size={14} />}
      {mark ? sentences[mark.outcome] : 'Checking …'}
      {mark?.id && <OpenLink id={mark.id} />}
    </p>
  )
}

function OpenLink({ id }: { id: string }) {
  return (
    <Link href={`/files/${id}`} target="_blank" className="rounded-sm text-accent hover:underline">
      Open
    </Link>
  )
}

function isFault({ mark }: { mark: Mark | undefined }): boolean {
  return mark?.outcome === 'fault'
}

function Summary({ marks }: { marks: readonly Mark[] }) {
  const counts = countMarks(marks)
  return order
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => (
      <span key={outcome} className={outcome === 'fault' ? 'text-failed' : undefined}>
        {counts[outcome].toLocaleString('en')} {looks[outcome].counted}
      </span>
    ))
}

function LineRow({ line, mark }: { line: Line; mark: Mark | undefined }) {
  return (
    <li className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 text-sm">
      <span className="w-7 shrink-0 text-right text-ink-faint text-xs" title={`Line ${line.number}`}>
        {line.number}
      </span>
      <span className="flex min-w-40 flex-1">
        <MiddleTruncate text={line.uri} tail={18} />
      </span>
      {mark && <MarkBadge mark={mark} />}
    </li>
  )
}

function MarkBadge({ mark }: { mark: Mark }) {
  const { tone, icon, word } = looks[mark.outcome]
  const badge = (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  )
  if (mark.outcome === 'fault')
    return <span className="basis-full pl-10 text-failed text-xs">{mark.message}</span>
  if (mark.id === null) return badge
  return (
    <span className="inline-flex items-center gap-2">
      {badge}
      <span className="text-xs">
        <OpenLink id={mark.id} />
      </span>
    </span>
  )
}
