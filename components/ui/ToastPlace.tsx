'use client'

import { useEffect } from 'react'
import { Toaster } from 'sonner'
import { toastPlace } from '@/components/ui/toast'

/** Where toasts appear. What is shown before it is there would be lost, so it says when it is. */
export function ToastPlace() {
  useEffect(() => toastPlace.ready(), [])
  return (
    <Toaster
      position="bottom-right"
      closeButton
      duration={6000}
      style={{ fontFamily: 'inherit' }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-(--width) items-start gap-2.5 rounded-lg bg-raised p-3 pr-8 text-ink text-sm shadow-high',
          icon: 'mt-0.5 shrink-0',
          success: '[&>[data-icon]]:text-ok',
          error: '[&>[data-icon]]:text-failed',
          actionButton: 'ml-auto shrink-0 rounded-md bg-accent px-2 py-1 font-strong text-on-accent text-xs',
          closeButton: 'absolute top-2.5 right-2.5 rounded-sm text-ink-muted hover:text-ink',
        },
      }}
    />
  )
}
