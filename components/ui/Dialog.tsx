'use client'

import dynamic from 'next/dynamic'
import { type ReactNode, useState } from 'react'

const DialogPanel = dynamic(async () => (await import('@/components/ui/DialogPanel')).DialogPanel, {
  ssr: false,
})

export interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** One sentence below the title. */
  description?: ReactNode
  /** Buttons at the end, the likeliest last. */
  footer?: ReactNode
  width?: 'narrow' | 'medium' | 'wide'
  /** `left` is the sheet that holds the rail on narrow screens; `bare` shows neither title nor padding. */
  placement?: 'centre' | 'left' | 'bare'
  children?: ReactNode
}

/**
 * A question in front of the page. Focus stays inside, Escape closes, and focus returns to where it was. Its code loads when one
 * opens for the first time.
 */
export function Dialog(props: DialogProps) {
  const [wasOpen, setWasOpen] = useState(props.open)
  if (props.open && !wasOpen) setWasOpen(true)
  return wasOpen ? <DialogPanel {...props} /> : null
}
