'use client'

import { useState } from 'react'
import { useViewer } from '@/components/providers/Viewer'

/** What is said of a use: why, for whom, and the optional rest; an empty text is nothing. */
export interface UseValues {
  reason: string
  team: string | undefined
  project: string
  licence: string
}

/** State of a form about a use; the team is the one that the person acts for. */
export function useUseValues(initial: Partial<UseValues> = {}) {
  const { team } = useViewer()
  const [values, setValues] = useState<UseValues>({ reason: '', team, project: '', licence: '', ...initial })
  const change = (patch: Partial<UseValues>) => setValues((now) => ({ ...now, ...patch }))
  return [values, change] as const
}

/** The values as the API takes them: what is empty is left out. */
export function inputOf({ reason, team = '', project, licence }: UseValues) {
  const given = { project: project.trim(), licence: licence.trim() }
  return {
    reason,
    team,
    ...(given.project !== '' && { project: given.project }),
    ...(given.licence !== '' && { licence: given.licence }),
  }
}
