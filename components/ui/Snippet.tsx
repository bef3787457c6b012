'use client'

import { Check, Copy } from 'lucide-react'
import { cx } from '@/components/ui/class-names'
import { IconButton } from '@/components/ui/IconButton'
import { ScrollRegion } from '@/components/ui/ScrollRegion'
import { useCopy } from '@/components/ui/use-copy'

interface SnippetProps {
  code: string
  /** What it is, read out and on the copy button: “curl command”. */
  label: string
  /** Shown above: a file name, a tool. */
  title?: string
}

/** Commands or configuration to copy. Long lines scroll inside, never the page. */
export function Snippet({ code, label, title }: SnippetProps) {
  const { isCopied, copy } = useCopy()
  return (
    <figure className="relative min-w-0 overflow-hidden rounded-md border border-line bg-sunken">
      {title !== undefined && (
        <figcaption className="border-line border-b px-3 py-1.5 text-ink-muted text-xs">{title}</figcaption>
      )}
      <ScrollRegion label={label} axis="x">
        <pre className="w-fit py-2.5 pr-11 pl-3 font-mono text-xs leading-5">
          <code>{code}</code>
        </pre>
      </ScrollRegion>
      <span
        className={cx(
          'absolute right-0 bg-sunken py-1.5 pr-1.5 pl-1',
          title === undefined ? 'top-0' : 'top-7.5',
        )}
      >
        <span className="inline-flex">
          <IconButton
            size="small"
            icon={isCopied ? Check : Copy}
            label={isCopied ? 'Copied' : `Copy ${label}`}
            onClick={() => copy(code)}
          />
        </span>
      </span>
    </figure>
  )
}
