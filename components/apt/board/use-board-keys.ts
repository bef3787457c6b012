'use client'

import type { RefObject } from 'react'
import { rowsOf } from '@/components/apt/board/rows'
import { useRowKeys } from '@/components/ui/use-row-keys'
import { useShortcut } from '@/components/ui/use-shortcut'

interface BoardActions {
  onToggle: (key: string) => void
  /** Gets the card that has the focus, if one has it. */
  onMove: (key: string | undefined) => void
}

/** The keyboard on the board: `j` and `k` along a column, the arrows across columns, `x` selects, `m` moves. */
export function useBoardKeys(frame: RefObject<HTMLElement | null>, { onToggle, onMove }: BoardActions): void {
  const focused = () => document.activeElement?.closest<HTMLElement>('[data-row]')
  const across = (step: 1 | -1, event: KeyboardEvent) => {
    const card = focused()
    const columns = [...(frame.current?.querySelectorAll<HTMLElement>('[data-branch]') ?? [])]
    const at = columns.findIndex((column) => column.contains(card ?? null))
    if (!card || at === -1) return
    event.preventDefault()
    const height = rowsOf(columns[at]).indexOf(card)
    // Empty columns are passed over.
    for (let next = at + step; next >= 0 && next < columns.length; next += step) {
      const rows = rowsOf(columns[next])
      const target = rows[Math.min(height, rows.length - 1)]
      if (!target) continue
      target.querySelector<HTMLElement>('a')?.focus()
      return
    }
  }
  useRowKeys(frame, onToggle)
  useShortcut('ArrowRight', (event) => across(1, event))
  useShortcut('ArrowLeft', (event) => across(-1, event))
  useShortcut('m', (event) => {
    event.preventDefault()
    onMove(focused()?.dataset.row)
  })
}
