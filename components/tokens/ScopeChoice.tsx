'use client'

import { useViewer } from '@/components/providers/Viewer'
import { scopes } from '@/components/tokens/scopes'
import { Checkbox } from '@/components/ui/Checkbox'
import { useFieldError } from '@/components/ui/Form'
import type { Scope } from '@/server/auth/schema'

interface ScopeChoiceProps {
  value: readonly Scope[]
  onChange: (scopes: Scope[]) => void
  isForOneTeam: boolean
}

/** What a token may do. A scope that the person cannot give is left out, with a word on why. */
export function ScopeChoice({ value, onChange, isForOneTeam }: ScopeChoiceProps) {
  const { refusals } = useViewer()
  const fault = useFieldError('scopes')
  const offered = scopes.filter(({ action }) => action === undefined || refusals[action] === undefined)
  const toggle = (scope: Scope, isGiven: boolean) =>
    onChange(isGiven ? [...value, scope] : value.filter((other) => other !== scope))
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 font-strong text-sm">Scopes</legend>
      {offered.map(({ scope, title, may }) => (
        <Checkbox
          key={scope}
          label={title}
          help={scope === 'administer' && isForOneTeam ? `${may} Not for a token of one team.` : may}
          checked={value.includes(scope)}
          onChange={(isGiven) => toggle(scope, isGiven)}
        />
      ))}
      {offered.length < scopes.length && (
        <p className="text-ink-muted text-xs">Your role can give no other scopes.</p>
      )}
      {fault !== undefined && <p className="text-failed text-xs">{fault}</p>}
    </fieldset>
  )
}
