'use client'

import dynamic from 'next/dynamic'
import { useSyncExternalStore } from 'react'
import { toastPlace } from '@/components/ui/toast'

const ToastPlace = dynamic(async () => (await import('@/components/ui/ToastPlace')).ToastPlace, {
  ssr: false,
})

/** Where toasts appear, from the first one on. It is a live region from the start: what comes with one is often not read out. */
export function Toasts() {
  const isWanted = useSyncExternalStore(toastPlace.subscribe, toastPlace.isWanted, () => false)
  return <div aria-live="polite">{isWanted && <ToastPlace />}</div>
}
