'use client'

import { ChevronDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cx } from '@/components/ui/class-names'
import { controlLook, useFieldControl } from '@/components/ui/Field'

export interface Option {
  value: string
  label: string
}

interface SelectProps
  extends Omit<ComponentProps<'select'>, 'className' | 'style' | 'children' | 'onChange'> {
  options: readonly Option[]
  onChange?: (value: string) => void
  /** Offered first, with the empty value. */
  placeholder?: string
}

/** A choice of few. The browser's own list: right on every device and for every reader. */
export function Select({ options, onChange, placeholder, ...rest }: SelectProps) {
  return (
    <span className="relative flex min-w-0">
      <select
        {...useFieldControl()}
        {...rest}
        onChange={onChange && ((event) => onChange(event.target.value))}
        className={cx(controlLook, 'h-8 appearance-none truncate pr-8')}
      >
        {placeholder !== undefined && <option value="">{placeholder}</option>}
        {options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        size={14}
        className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-ink-muted"
      />
    </span>
  )
}
