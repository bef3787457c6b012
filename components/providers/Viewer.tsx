'use client'

import { createContext, type ReactNode, useContext, useState } from 'react'
import { TEAM_COOKIE, writePreference } from '@/components/preferences'
import type { Me } from '@/server/auth/schema'

interface ViewerFacts {
  me: Me
  /** Why the person may not, by action; an action that is missing is allowed. */
  refusals: Record<string, string>
  /** Slug of the team one acts for; the first one's without a choice. */
  team: string | undefined
}

interface ViewerValue extends ViewerFacts {
  setTeam: (slug: string) => void
}

const Viewer = createContext<ViewerValue | undefined>(undefined)

/** Tells the pages below who looks at them. */
export function ViewerProvider({ facts, children }: { facts: ViewerFacts; children: ReactNode }) {
  const [team, choose] = useState(facts.team)
  const setTeam = (slug: string) => {
    choose(slug)
    writePreference(TEAM_COOKIE, slug)
  }
  return <Viewer value={{ ...facts, team, setTeam }}>{children}</Viewer>
}

/** Who looks at the page, and the team they act for. */
export function useViewer(): ViewerValue {
  const viewer = useContext(Viewer)
  if (!viewer) throw new Error('useViewer needs the portal around it.')
  return viewer
}

/**
 * Why the person may not do this, for `disabledReason`; undefined when they may. The server decides again.
 * @param action of server/auth/permissions.ts, e.g. `file.declare`.
 */
export function useRefusal(action: string): string | undefined {
  return useViewer().refusals[action]
}
