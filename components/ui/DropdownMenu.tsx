'use client'

import type { LucideIcon } from 'lucide-react'
import dynamic from 'next/dynamic'
import { cloneElement, type ReactElement, type ReactNode, useRef, useState } from 'react'

export interface MenuAction {
  label: string
  icon?: LucideIcon
  /** Second line, muted. */
  hint?: string
  onSelect?: () => void
  href?: string
  danger?: boolean
  /** Why it cannot be chosen now; shown as its second line. */
  disabledReason?: string
}

export interface MenuChoice {
  heading: string
  value: string
  onChange: (value: string) => void
  options: readonly { value: string; label: string; icon?: LucideIcon }[]
}

export interface MenuText {
  text: ReactNode
}

export type MenuEntry = MenuAction | MenuChoice | MenuText | 'separator'

const load = async () => (await import('@/components/ui/MenuPanel')).MenuPanel
const MenuPanel = dynamic(load, { ssr: false })

interface TriggerProps {
  onClick?: () => void
  onPointerEnter?: () => void
  'aria-haspopup'?: 'menu'
  'aria-expanded'?: boolean
}

interface DropdownMenuProps {
  /** One button. */
  trigger: ReactElement
  entries: readonly MenuEntry[]
  align?: 'start' | 'end'
}

/** Actions, links, and choices of one, behind a button. Its code loads when the pointer comes near, or when it opens. */
export function DropdownMenu({ trigger, entries, align = 'end' }: DropdownMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null)
  const [open, setOpen] = useState(false)
  const [wasOpen, setWasOpen] = useState(false)
  const button = cloneElement(trigger as ReactElement<TriggerProps>, {
    'aria-haspopup': 'menu',
    'aria-expanded': open,
    onPointerEnter: () => void load(),
    onClick: () => {
      setWasOpen(true)
      setOpen(!open)
    },
  })
  return (
    <span ref={anchor} className="relative inline-flex min-w-0">
      {button}
      {wasOpen && (
        <MenuPanel open={open} onOpenChange={setOpen} anchor={anchor} entries={entries} align={align} />
      )}
    </span>
  )
}
