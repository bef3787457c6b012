'use client'

import { type FocusEvent, type RefObject, useEffect, useRef } from 'react'
import { rowsOf } from '@/components/apt/board/rows'
import type { Board } from '@/server/apt/packages/schema'

interface KeptFocus {
  onFocus: (event: FocusEvent) => void
  onBlur: (event: FocusEvent) => void
}

/**
 * Keeps the focus on the board: when the card that has it is gone, the next one of its column gets it, or one of the columns beside.
 * @param board what is shown; looked at whenever it changes.
 * @returns handlers for the frame around the columns.
 */
export function useKeptFocus(frame: RefObject<HTMLElement | null>, board: Board | undefined): KeptFocus {
  /** Keys of the cards, from the one that had the focus last to the one that should have it least. */
  const wanted = useRef<string[]>([])
  // The focus is the browser's; a card that leaves takes it along.
  useEffect(() => {
    const [lost] = wanted.current
    if (!board || lost === undefined || document.activeElement !== document.body) return
    const cards = new Map(rowsOf(frame.current).map((row) => [row.dataset.row, row]))
    const next = wanted.current.find((key) => cards.has(key))
    cards.get(next)?.querySelector<HTMLElement>('a')?.focus()
  }, [board, frame])
  return {
    onFocus: ({ target }) => {
      const card = target.closest<HTMLElement>('[data-row]')
      if (card && frame.current) wanted.current = nearest(frame.current, card)
    },
    onBlur: ({ relatedTarget: next }) => {
      // To a dialog, and to the buttons for what is selected, the focus is only lent.
      const isLent =
        next !== null && (frame.current?.contains(next) || next.closest('[role=dialog]') !== null)
      if (!isLent) wanted.current = []
    },
  }
}

/** The keys of all cards: the one given, those below and above it, then those of the columns to the right and to the left. */
function nearest(frame: HTMLElement, card: HTMLElement): string[] {
  const columns = [...frame.querySelectorAll<HTMLElement>('[data-branch]')]
  const at = columns.findIndex((column) => column.contains(card))
  const own = rowsOf(columns[at])
  const height = own.indexOf(card)
  const beside = [...columns.slice(at + 1), ...columns.slice(0, at).reverse()].flatMap(rowsOf)
  return [...own.slice(height), ...own.slice(0, height).reverse(), ...beside].flatMap(
    ({ dataset }) => dataset.row ?? [],
  )
}
