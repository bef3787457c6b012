'use client'

import type { LucideIcon } from 'lucide-react'
import { cx } from '@/components/ui/class-names'

interface SegmentsProps<Value extends string> {
  /** What is chosen, read out: “View”. */
  label: string
  options: readonly { value: Value; label: string; icon?: LucideIcon }[]
  value: Value
  onChange: (value: Value) => void
}

/** A choice of two or three that is made often: all are seen, one is pressed. */
export function Segments<Value extends string>({ label, options, value, onChange }: SegmentsProps<Value>) {
  return (
    <fieldset className="inline-flex w-fit rounded-md border border-line bg-surface p-0.5 shadow-low">
      <legend className="sr-only">{label}</legend>
      {options.map(({ value: each, label: name, icon: Icon }) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === value}
          onClick={() => onChange(each)}
          className={cx(
            'inline-flex h-6.5 items-center gap-1.5 rounded-sm px-2.5 text-sm transition-colors',
            each === value ? 'bg-accent-soft text-accent' : 'text-ink-muted hover:bg-hover hover:text-ink',
          )}
        >
          {Icon && <Icon aria-hidden size={14} />}
          {name}
        </button>
      ))}
    </fieldset>
  )
}
