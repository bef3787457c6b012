'use client'

import dynamic from 'next/dynamic'
import { useSyncExternalStore } from 'react'
import { toastPlace } from '@/components/ui/toast'

const ToastPlace = dynamic(async () => (await import('@/components/ui/ToastPlace')).ToastPlace, {
  ssr: false,
})

/** Where toasts appear, from the first one on. */
export function Toasts() {
  const isWanted = useSyncExternalStore(toastPlace.subscribe, toastPlace.isWanted, () => false)
  return isWanted ? <ToastPlace /> : null
}
