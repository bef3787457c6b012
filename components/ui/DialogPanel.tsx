'use client'

import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useRef } from 'react'
import { cx } from '@/components/ui/class-names'
import type { DialogProps } from '@/components/ui/Dialog'

const widths = { narrow: 'sm:max-w-md', medium: 'sm:max-w-xl', wide: 'sm:max-w-3xl' }

const placements = {
  centre:
    'inset-x-0 bottom-0 max-h-[92dvh] rounded-t-lg sm:inset-auto sm:top-[12vh] sm:left-1/2 sm:w-[calc(100%-2rem)] sm:max-h-[76vh] sm:-translate-x-1/2 sm:rounded-lg',
  bare: 'inset-x-2 top-2 max-h-[80dvh] rounded-lg sm:inset-auto sm:top-[12vh] sm:left-1/2 sm:w-[calc(100%-2rem)] sm:-translate-x-1/2',
  left: 'inset-y-0 left-0 w-64 max-w-[85vw]',
}

/** A dialog with fields is there to be filled in, so the focus goes to the first of them and not to “Close”. */
function focusFirstField(event: Event): void {
  if (!(event.currentTarget instanceof HTMLElement)) return
  const field = event.currentTarget.querySelector<HTMLElement>('input, textarea, select')
  if (!field) return
  event.preventDefault()
  field.focus()
}

/** What Dialog shows; in a file of its own so that it loads with the first dialog that opens. */
export function DialogPanel({
  open,
  onOpenChange,
  title,
  description,
  footer,
  width = 'narrow',
  placement = 'centre',
  children,
}: DialogProps) {
  const isBare = placement !== 'centre'
  const before = useRef<Element>(null)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-veil" />
        <Radix.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          onOpenAutoFocus={(event) => {
            before.current = document.activeElement
            focusFirstField(event)
          }}
          // Radix would give it to the trigger, and there is none.
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (before.current instanceof HTMLElement) before.current.focus()
          }}
          className={cx(
            'fixed z-40 flex animate-rise flex-col bg-raised shadow-high',
            placements[placement],
            placement !== 'left' && widths[width],
          )}
        >
          <div className={isBare ? 'sr-only' : 'flex items-start gap-3 px-5 pt-4 pb-1'}>
            <div className="min-w-0 flex-1">
              <Radix.Title className="font-strong text-lg">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="mt-1 text-ink-muted text-sm">{description}</Radix.Description>
              )}
            </div>
            {!isBare && (
              <Radix.Close
                aria-label="Close"
                className="-mr-1.5 inline-flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover"
              >
                <X aria-hidden size={16} />
              </Radix.Close>
            )}
          </div>
          <div className={cx('min-h-0 flex-1 overflow-y-auto', !isBare && 'px-5 py-3')}>{children}</div>
          {footer !== undefined && (
            <div className="flex flex-wrap justify-end gap-2 border-line border-t px-5 py-3">{footer}</div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
