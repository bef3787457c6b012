'use client'

import { useSyncExternalStore } from 'react'

const STEP_MS = 5000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const tell of listeners) tell()
  }, STEP_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The clock, in steps of five seconds, one timer for the page; undefined on the server and while hydrating. */
export function useNow(): Date | undefined {
  const shown = useSyncExternalStore<number | undefined>(
    subscribe,
    () => now,
    () => undefined,
  )
  return shown === undefined ? undefined : new Date(shown)
}
