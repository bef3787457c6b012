'use client'

import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cx } from '@/components/ui/class-names'
import { Tooltip } from '@/components/ui/Tooltip'

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'className' | 'style' | 'children'> {
  /** What it does, as a verb: read out, and shown on hover. */
  label: string
  icon: LucideIcon
  size?: 'small' | 'medium'
}

const sizes = { small: 'size-6', medium: 'size-8' }

/** A button that is only an icon; its label is shown on hover and read out. */
export function IconButton({
  label,
  icon: Icon,
  size = 'medium',
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <button
        {...rest}
        type={type}
        aria-label={label}
        className={cx(
          'inline-flex shrink-0 items-center justify-center rounded-md text-ink-muted transition-colors hover:bg-hover hover:text-ink disabled:opacity-50',
          sizes[size],
        )}
      >
        <Icon aria-hidden size={size === 'small' ? 13 : 16} />
      </button>
    </Tooltip>
  )
}
