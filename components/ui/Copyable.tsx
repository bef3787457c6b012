'use client'

import { Check, Copy } from 'lucide-react'
import { IconButton } from '@/components/ui/IconButton'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { useCopy } from '@/components/ui/use-copy'

interface CopyableProps {
  value: string
  /** What is copied, e.g. “SHA-256”. */
  label: string
  /** What is shown when it differs from what is copied. */
  shown?: string
  tail?: number
}

/** A URL, digest or command in monospace, cut in the middle, with a button that copies it whole. */
export function Copyable({ value, label, shown, tail }: CopyableProps) {
  const { isCopied, copy } = useCopy()
  return (
    <span className="inline-flex min-w-0 max-w-full items-center gap-0.5">
      <MiddleTruncate text={shown ?? value} tail={tail} />
      <IconButton
        size="small"
        icon={isCopied ? Check : Copy}
        label={isCopied ? 'Copied' : `Copy ${label}`}
        onClick={() => copy(value)}
      />
    </span>
  )
}
