'use client'

import { type ReactNode, type ToggleEvent, useId, useState } from 'react'
import { flushSync } from 'react-dom'
import { cx } from '@/components/ui/class-names'

interface PopoverProps {
  /** What is in it, read out. */
  label: string
  /** What the button shows. */
  button: ReactNode
  /** Read out for the button, when what it shows does not say enough. */
  buttonLabel?: string
  /** Class names of the button: a popover's button has the look of what it stands for. */
  look: string
  align?: 'start' | 'end'
  width?: 'narrow' | 'wide'
  /** Made when it opens. */
  children: ReactNode
}

const GAP_PX = 4
const EDGE_PX = 8

const widths = { narrow: 'max-w-[min(26rem,calc(100vw-1rem))]', wide: 'w-88 max-w-[calc(100vw-1rem)]' }

/**
 * More about something, beside the page and not in front of it. The browser's own popover: Escape and a click elsewhere close
 * it, and the keyboard goes from the button into it.
 */
export function Popover({
  label,
  button,
  buttonLabel,
  look,
  align = 'start',
  width = 'narrow',
  children,
}: PopoverProps) {
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const [isPlaced, setPlaced] = useState(false)
  const place = ({ currentTarget: panel, newState }: ToggleEvent<HTMLDivElement>) => {
    const box = document.getElementById(`${id}-button`)?.getBoundingClientRect()
    if (newState !== 'open' || !box) return
    const { offsetWidth, offsetHeight } = panel
    const left = align === 'start' ? box.left : box.right - offsetWidth
    const isRoomBelow = box.bottom + GAP_PX + offsetHeight + EDGE_PX < window.innerHeight
    const top = isRoomBelow ? box.bottom + GAP_PX : box.top - GAP_PX - offsetHeight
    panel.style.left = `${Math.max(EDGE_PX, Math.min(left, window.innerWidth - offsetWidth - EDGE_PX))}px`
    panel.style.top = `${Math.max(EDGE_PX, top)}px`
    setPlaced(true)
  }
  // What is in it must be there when it is measured.
  const fill = ({ newState }: ToggleEvent<HTMLDivElement>) =>
    flushSync(() => {
      setOpen(newState === 'open')
      setPlaced(false)
    })
  return (
    <>
      <button
        type="button"
        id={`${id}-button`}
        popoverTarget={id}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={buttonLabel}
        className={look}
      >
        {button}
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        onBeforeToggle={fill}
        onToggle={place}
        className={cx(
          'fixed inset-auto m-0 overflow-y-auto rounded-lg border-0 bg-raised p-0 text-ink text-sm shadow-high',
          widths[width],
          !isPlaced && 'opacity-0',
        )}
      >
        {isOpen && children}
      </div>
    </>
  )
}
