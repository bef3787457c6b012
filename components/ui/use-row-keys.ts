'use client'

import type { RefObject } from 'react'
import { useShortcut } from '@/components/ui/use-shortcut'

/**
 * Lets the keyboard walk the rows of a list: `j` and `k` move the focus from row link to row link (so Enter opens), `x`
 * toggles the row that has it.
 */
export function useRowKeys(
  frame: RefObject<HTMLElement | null>,
  toggle: ((id: string) => void) | undefined,
): void {
  const move = (step: 1 | -1) => {
    const rows = [...(frame.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const at = rows.findIndex((row) => row.contains(document.activeElement))
    const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))]
    next?.querySelector<HTMLElement>('a, button:not([role=checkbox])')?.focus()
  }
  useShortcut('j', () => move(1))
  useShortcut('k', () => move(-1))
  useShortcut('x', () => {
    const id = document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset.row
    if (id !== undefined) toggle?.(id)
  })
}
