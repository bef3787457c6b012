'use client'

import { Check } from 'lucide-react'
import Link from 'next/link'
import { DropdownMenu as Radix } from 'radix-ui'
import type { RefObject } from 'react'
import { cx } from '@/components/ui/class-names'
import type { MenuAction, MenuChoice, MenuEntry } from '@/components/ui/DropdownMenu'
import { layer } from '@/components/ui/layer'

interface MenuPanelProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Around the button that opens it. */
  anchor: RefObject<HTMLElement | null>
  entries: readonly MenuEntry[]
  align: 'start' | 'end'
}

const row =
  'flex w-full select-none items-center gap-2 rounded-sm px-2 py-1.5 text-left text-sm outline-none data-[highlighted]:bg-hover data-[disabled]:cursor-not-allowed data-[disabled]:opacity-60'

/** What DropdownMenu shows; in a file of its own so that it loads with the first menu. */
export function MenuPanel({ open, onOpenChange, anchor, entries, align }: MenuPanelProps) {
  const isOwn = (target: EventTarget | null) => target instanceof Node && anchor.current?.contains(target)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange} modal={false}>
      <Radix.Trigger asChild>
        <span aria-hidden tabIndex={-1} className="pointer-events-none absolute inset-0" />
      </Radix.Trigger>
      <Radix.Portal container={layer()}>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          // The button closes it by itself; closing here first would have it open again.
          onInteractOutside={(event) => isOwn(event.target) && event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            anchor.current?.querySelector<HTMLElement>('button')?.focus()
          }}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 max-w-72 animate-rise overflow-y-auto rounded-md bg-raised p-1 shadow-high"
        >
          {entries.map((entry, index) => (
            <Entry key={keyOf(entry, index)} entry={entry} />
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function keyOf(entry: MenuEntry, index: number): string {
  if (entry === 'separator' || 'text' in entry) return `part-${index}`
  return 'heading' in entry ? entry.heading : entry.label
}

function Entry({ entry }: { entry: MenuEntry }) {
  if (entry === 'separator') return <Radix.Separator className="my-1 h-px bg-line" />
  if ('text' in entry) return <Radix.Label className="px-2 py-1.5 text-sm">{entry.text}</Radix.Label>
  return 'heading' in entry ? <Choice choice={entry} /> : <Action action={entry} />
}

function Action({ action }: { action: MenuAction }) {
  const { label, icon: Icon, hint, onSelect, href, danger, disabledReason } = action
  const content = (
    <>
      {Icon && <Icon aria-hidden size={15} className={danger ? undefined : 'text-ink-muted'} />}
      <span className="min-w-0 flex-1">
        {label}
        {(disabledReason ?? hint) !== undefined && (
          <span className="block text-ink-muted text-xs">{disabledReason ?? hint}</span>
        )}
      </span>
    </>
  )
  const look = cx(row, danger && 'text-failed')
  if (href !== undefined && disabledReason === undefined) {
    return (
      <Radix.Item asChild className={look}>
        <Link href={href}>{content}</Link>
      </Radix.Item>
    )
  }
  return (
    <Radix.Item disabled={disabledReason !== undefined} onSelect={onSelect} className={look}>
      {content}
    </Radix.Item>
  )
}

function Choice({ choice: { heading, value, onChange, options } }: { choice: MenuChoice }) {
  return (
    <Radix.RadioGroup value={value} onValueChange={onChange} aria-label={heading}>
      <Radix.Label className="px-2 pt-1.5 pb-1 text-ink-muted text-xs">{heading}</Radix.Label>
      {options.map(({ value: option, label, icon: Icon }) => (
        <Radix.RadioItem key={option} value={option} className={row}>
          {Icon && <Icon aria-hidden size={15} className="text-ink-muted" />}
          <span className="flex-1 truncate">{label}</span>
          <Radix.ItemIndicator>
            <Check aria-hidden size={14} className="text-accent" />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  )
}
