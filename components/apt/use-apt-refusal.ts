'use client'

import { useViewer } from '@/components/providers/Viewer'

/**
 * Why the person may not do this to a repository: their role, or that it belongs to a team that they are not in. Undefined when
 * they may; the server decides again.
 */
export function useAptRefusal(action: string, { team }: { team: string | null }): string | undefined {
  const { refusals, me } = useViewer()
  if (refusals[action] !== undefined) return refusals[action]
  if (team === null || me.role === 'administrator' || me.teams.some(({ slug }) => slug === team))
    return undefined
  return `You do not belong to the team “${team}”.`
}
