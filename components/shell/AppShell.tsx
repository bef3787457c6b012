'use client'

import { type ReactNode, useState } from 'react'
import type { Theme } from '@/components/preferences'
import { Rail } from '@/components/shell/Rail'
import { ShortcutKeys } from '@/components/shell/ShortcutKeys'
import { TopBar } from '@/components/shell/TopBar'
import { Dialog } from '@/components/ui/Dialog'
import { LAYER_ID } from '@/components/ui/layer'

interface AppShellProps {
  theme: Theme
  children: ReactNode
}

/** What is around every page: rail, top bar, keys. On narrow screens the rail is a sheet. */
export function AppShell({ theme, children }: AppShellProps) {
  const [isRailOpen, setRailOpen] = useState(false)
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 font-strong text-on-accent text-sm focus:translate-y-0"
      >
        Skip to the content
      </a>
      <aside className="sticky top-0 hidden h-dvh border-line border-r bg-canvas lg:block">
        <Rail />
      </aside>
      <Dialog open={isRailOpen} onOpenChange={setRailOpen} title="Main menu" placement="left">
        <Rail onNavigate={() => setRailOpen(false)} />
      </Dialog>
      <div className="flex min-w-0 flex-col">
        <TopBar theme={theme} onOpenRail={() => setRailOpen(true)} />
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto flex w-full max-w-380 flex-1 flex-col gap-4 px-4 pt-5 pb-12 outline-none sm:px-6"
        >
          {children}
          <div id={LAYER_ID} className="contents" />
        </main>
      </div>
      <ShortcutKeys />
    </div>
  )
}
