'use client'

interface ToastOptions {
  /** Offers to take it back. */
  undo?: () => void
}

/** Shows that something worked, or what the server said when it did not. The library loads with the first one. */
export const toast = {
  success: (sentence: string, options: ToastOptions = {}) => void show('success', sentence, options),
  error: (sentence: string) => void show('error', sentence, {}),
}

const listeners = new Set<() => void>()
let isWanted = false
let placeIsReady: () => void = () => undefined
const place = new Promise<void>((resolve) => {
  placeIsReady = resolve
})

/** For the place where toasts appear: whether it is wanted yet, and how it says that it is there. */
export const toastPlace = {
  isWanted: () => isWanted,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  ready: () => placeIsReady(),
}

async function show(kind: 'success' | 'error', sentence: string, { undo }: ToastOptions): Promise<void> {
  isWanted = true
  for (const tell of listeners) tell()
  const { toast: sonner } = await import('sonner')
  await place
  sonner[kind](sentence, undo && { action: { label: 'Undo', onClick: undo } })
}
