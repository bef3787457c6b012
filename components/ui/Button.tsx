'use client'

import { LoaderCircle, type LucideIcon } from 'lucide-react'
import Link from 'next/link'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { cx } from '@/components/ui/class-names'
import { Tooltip } from '@/components/ui/Tooltip'

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'

interface ButtonLook {
  variant?: ButtonVariant
  size?: 'small' | 'medium'
  icon?: LucideIcon
  /** Takes the whole width. */
  block?: boolean
  children: ReactNode
}

interface ActingProps extends ButtonLook, Omit<ComponentProps<'button'>, 'className' | 'style' | 'children'> {
  href?: undefined
  /** Shows that the action runs, and takes no second click. */
  pending?: boolean
  /** Why it cannot be used now; shown on hover and focus. Undefined: it can. */
  disabledReason?: string
  /** When it is pressed all the same, also by Enter in a form that it would send. */
  onRefused?: () => void
}

interface LeadingProps extends ButtonLook, Omit<ComponentProps<'a'>, 'className' | 'style' | 'children'> {
  /** Makes it a link. */
  href: string
}

const base =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-strong whitespace-nowrap select-none transition-colors'

const sizes = { small: 'h-7 px-2 text-xs', medium: 'h-8 px-3 text-sm' }

const variants: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  secondary: 'border border-line bg-surface text-ink shadow-low hover:bg-hover',
  quiet: 'text-ink-muted hover:bg-hover hover:text-ink',
  danger: 'bg-failed text-on-failed hover:opacity-90',
}

const unavailable = 'cursor-not-allowed opacity-55'

/** The one button. With `href` it is a link; with `disabledReason` it stays focusable and says why. */
export function Button(props: ActingProps | LeadingProps) {
  return props.href === undefined ? <ActingButton {...props} /> : <LeadingButton {...props} />
}

function lookOf({ variant = 'secondary', size = 'medium', block }: ButtonLook): string {
  return cx(base, sizes[size], variants[variant], block && 'w-full')
}

function LeadingButton({ variant, size, icon: Icon, block, children, ...rest }: LeadingProps) {
  const className = lookOf({ variant, size, block, children })
  const content = (
    <>
      {Icon && <Icon aria-hidden size={size === 'small' ? 13 : 15} />}
      {children}
    </>
  )
  // Downloads and API addresses are not pages: the router must not fetch them.
  if (rest.download !== undefined || !rest.href.startsWith('/') || rest.href.startsWith('/api/')) {
    return (
      <a {...rest} className={className}>
        {content}
      </a>
    )
  }
  return (
    <Link {...rest} className={className}>
      {content}
    </Link>
  )
}

function ActingButton({
  variant,
  size,
  icon: Icon,
  block,
  pending,
  disabledReason,
  onRefused,
  onClick,
  type = 'button',
  children,
  ...rest
}: ActingProps) {
  const refused = pending || disabledReason !== undefined
  const guard = (event: MouseEvent<HTMLButtonElement>) => {
    if (!refused) return onClick?.(event)
    event.preventDefault()
    if (!pending) onRefused?.()
  }
  const button = (
    <button
      {...rest}
      type={type}
      onClick={guard}
      aria-disabled={refused || undefined}
      aria-busy={pending || undefined}
      className={cx(lookOf({ variant, size, block, children }), (refused || rest.disabled) && unavailable)}
    >
      {pending ? (
        <LoaderCircle aria-hidden size={15} className="animate-spin-slow" />
      ) : (
        Icon && <Icon aria-hidden size={size === 'small' ? 13 : 15} />
      )}
      {children}
    </button>
  )
  return disabledReason === undefined ? button : <Tooltip text={disabledReason}>{button}</Tooltip>
}
