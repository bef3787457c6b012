'use client'

import { useState } from 'react'
import { toast } from '@/components/ui/toast'

const SHOWN_MS = 1600

/** Copies text to the clipboard; `isCopied` is true for a moment after. @param told when it was copied, where no button shows it. */
export function useCopy(told?: string): { isCopied: boolean; copy: (text: string) => void } {
  const [isCopied, setCopied] = useState(false)
  const copy = (text: string) => {
    write(text).then(
      () => {
        setCopied(true)
        if (told !== undefined) toast.success(told)
        setTimeout(() => setCopied(false), SHOWN_MS)
      },
      () => toast.error('The browser did not let the text be copied. Select it and copy by hand.'),
    )
  }
  return { isCopied, copy }
}

/** The clipboard needs a secure context, which plain HTTP on a name other than localhost is not. */
async function write(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (!done) throw new Error('copy was refused')
}
