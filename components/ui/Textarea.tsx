'use client'

import type { ComponentProps } from 'react'
import { cx } from '@/components/ui/class-names'
import { controlLook, useFieldControl } from '@/components/ui/Field'

interface TextareaProps extends Omit<ComponentProps<'textarea'>, 'className' | 'style'> {
  mono?: boolean
}

/** Several lines of text; grows with them. */
export function Textarea({ mono, rows = 3, ...rest }: TextareaProps) {
  return (
    <textarea
      {...useFieldControl()}
      rows={rows}
      {...rest}
      className={cx(
        controlLook,
        'field-sizing-content max-h-96 min-h-16 resize-y py-1.5',
        mono && 'font-mono text-xs',
      )}
    />
  )
}
