'use client'

import { useEffect, useEffectEvent } from 'react'

/**
 * Calls back when a key is pressed anywhere but in a field, a menu or a dialog.
 * @param keys as `KeyboardEvent.key`, e.g. `/`, `j`, `?`; with `mod+` before it for Ctrl or Command, which works in fields too.
 */
export function useShortcut(keys: string, act: (event: KeyboardEvent) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey) return
    const isMod = event.ctrlKey || event.metaKey
    const wantsMod = keys.startsWith('mod+')
    if (isMod !== wantsMod || event.key.toLowerCase() !== keys.replace('mod+', '').toLowerCase()) return
    if (!wantsMod && isBusy(event.target)) return
    act(event)
  })
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

/** A checkbox takes the space bar only. */
const takesKeys = 'input:not([type=checkbox]), textarea, select, [role=dialog], [role=menu]'

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest(takesKeys) !== null
}
