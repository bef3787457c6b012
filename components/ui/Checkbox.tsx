'use client'

import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'

interface CheckboxProps {
  label: string
  /** The label is only read out. */
  hiddenLabel?: boolean
  checked?: boolean | 'indeterminate'
  defaultChecked?: boolean
  onChange?: (checked: boolean) => void
  name?: string
  value?: string
  help?: ReactNode
}

/** On or off; `indeterminate` for some of many. */
export function Checkbox({ label, hiddenLabel, checked, onChange, help, ...rest }: CheckboxProps) {
  const isMixed = checked === 'indeterminate'
  return (
    <label className="inline-flex items-start gap-2 text-sm">
      <span className="relative mt-0.5 inline-flex size-4 shrink-0">
        <input
          {...rest}
          type="checkbox"
          aria-label={hiddenLabel ? label : undefined}
          {...(checked !== undefined && { checked: checked === true })}
          ref={(input) => {
            if (input) input.indeterminate = isMixed
          }}
          onChange={(event) => onChange?.(event.target.checked)}
          className="peer size-4 cursor-pointer appearance-none rounded-sm border border-line-strong bg-surface checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent"
        />
        {isMixed ? (
          <Minus
            aria-hidden
            size={12}
            strokeWidth={3}
            className="pointer-events-none absolute inset-0.5 text-on-accent"
          />
        ) : (
          <Check
            aria-hidden
            size={12}
            strokeWidth={3}
            className="pointer-events-none invisible absolute inset-0.5 text-on-accent peer-checked:visible"
          />
        )}
      </span>
      {!hiddenLabel && (
        <span>
          {label}
          {help !== undefined && <span className="block text-ink-muted text-xs">{help}</span>}
        </span>
      )}
    </label>
  )
}
