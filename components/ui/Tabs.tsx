'use client'

import { PencilLine } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Count } from '@/components/ui/Count'

export interface Tab {
  value: string
  label: string
  count?: number
  /** Marks that something in it was changed and not saved. */
  isUnsaved?: boolean
  content: ReactNode
}

interface TabsProps {
  label: string
  tabs: readonly Tab[]
  /** Controlled, e.g. from the URL; the first tab otherwise. */
  value?: string
  onChange?: (value: string) => void
}

/** Views of one thing, one at a time. Arrow keys, Home and End go from tab to tab (WAI-ARIA, tabs with automatic activation). */
export function Tabs({ label, tabs, value, onChange }: TabsProps) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const [own, setOwn] = useState(tabs[0]?.value)
  const chosen = tabs.find((tab) => tab.value === (value ?? own)) ?? tabs[0]
  // The scroll position is the browser's: on a narrow screen the chosen tab may be beyond the edge, also because the font came later.
  const shown = chosen?.value
  useEffect(() => {
    const row = list.current
    const tab = row?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(shown ?? '')}"]`)
    if (!row || !tab) return
    const observer = new ResizeObserver(() => bringIntoView(row, tab))
    observer.observe(tab, { box: 'border-box' })
    return () => observer.disconnect()
  }, [shown])
  const choose = (next: string) => {
    setOwn(next)
    onChange?.(next)
  }
  const walk = (event: KeyboardEvent) => {
    const next = tabs[targetOf(event.key, { at: chosen ? tabs.indexOf(chosen) : 0, count: tabs.length })]
    if (!next) return
    event.preventDefault()
    choose(next.value)
    list.current?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.value)}"]`)?.focus()
  }
  if (!chosen) return null
  return (
    <div className="min-w-0">
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        className="relative flex gap-4 overflow-x-auto overflow-y-hidden border-line border-b"
      >
        {tabs.map((tab) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${id}-${tab.value}`}
            data-tab={tab.value}
            aria-selected={tab === chosen}
            aria-controls={tab === chosen ? `${id}-panel` : undefined}
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => choose(tab.value)}
            onKeyDown={walk}
            className="-mb-px flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 px-0.5 text-ink-muted text-sm hover:text-ink focus-visible:-outline-offset-2 aria-selected:border-accent aria-selected:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="text-ink-faint text-xs">
                <Count value={tab.count} />
              </span>
            )}
            {tab.isUnsaved && (
              <span title="Not saved" className="text-attention">
                <PencilLine aria-hidden size={13} />
                <span className="sr-only">not saved</span>
              </span>
            )}
          </button>
        ))}
      </div>
      <div
        key={chosen.value}
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${chosen.value}`}
        className="flex min-w-0 flex-col gap-4 pt-4"
      >
        {chosen.content}
      </div>
    </div>
  )
}

/** Scrolls the row of tabs sideways, and nothing else. */
function bringIntoView(row: HTMLElement, tab: HTMLElement): void {
  const isSeen =
    tab.offsetLeft >= row.scrollLeft && tab.offsetLeft + tab.offsetWidth <= row.scrollLeft + row.clientWidth
  if (!isSeen) row.scrollLeft = tab.offsetLeft
}

/** Where a key leads; -1 for keys that are none of ours. */
function targetOf(key: string, { at, count }: { at: number; count: number }): number {
  if (key === 'ArrowRight') return (at + 1) % count
  if (key === 'ArrowLeft') return (at - 1 + count) % count
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : -1
}
