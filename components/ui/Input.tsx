'use client'

import type { ComponentProps } from 'react'
import { cx } from '@/components/ui/class-names'
import { controlLook, useFieldControl } from '@/components/ui/Field'

interface InputProps extends Omit<ComponentProps<'input'>, 'className' | 'style' | 'size'> {
  /** For URLs, digests, versions. */
  mono?: boolean
}

/** One line of text. Inside a Field it takes its name and label from there. */
export function Input({ mono, ...rest }: InputProps) {
  return (
    <input {...useFieldControl()} {...rest} className={cx(controlLook, 'h-8', mono && 'font-mono text-xs')} />
  )
}
