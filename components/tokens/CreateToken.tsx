'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useViewer } from '@/components/providers/Viewer'
import type { Installation } from '@/components/setup/recipes'
import { teamChoices } from '@/components/teams/queries'
import { createToken, tokenKeys } from '@/components/tokens/queries'
import { ScopeChoice } from '@/components/tokens/ScopeChoice'
import { SecretOnce } from '@/components/tokens/SecretOnce'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { Select } from '@/components/ui/Select'
import { useAction } from '@/components/use-action'
import type { NewToken, Scope } from '@/server/auth/schema'

interface CreateTokenProps {
  installation: Installation
  onClose: () => void
}

const lives = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: 'never', label: 'Never' },
]

/** Asks what a new token may, then shows its secret, once. */
export function CreateToken({ installation, onClose }: CreateTokenProps) {
  const { team: actingFor, refusals } = useViewer()
  const [team, setTeam] = useState(actingFor ?? '')
  const [chosen, setChosen] = useState<readonly Scope[]>(
    refusals['file.declare'] === undefined ? ['read', 'declare', 'proxy'] : ['read', 'proxy'],
  )
  const [made, setMade] = useState<NewToken>()
  const action = useAction(createToken, {
    faults: 'form',
    invalidates: [tokenKeys.all],
    onSuccess: setMade,
  })
  if (made) return <SecretOnce token={made} installation={installation} onClose={onClose} />
  return (
    <FormDialog
      width="medium"
      title="New token"
      description="The secret is shown once, after this."
      verb="Create token"
      action={action}
      onClose={onClose}
      onSubmit={(values) =>
        action.run({
          name: String(values.get('name')),
          scopes: [...chosen],
          expiresInDays: values.get('life') === 'never' ? null : Number(values.get('life')),
          ...(team !== '' && { team }),
        })
      }
    >
      <Field label="Name" name="name" required help="What or where it is for: “build machine 4”.">
        <Input autoComplete="off" />
      </Field>
      <TeamOfToken value={team} onChange={setTeam} />
      <ScopeChoice value={chosen} onChange={setChosen} isForOneTeam={team !== ''} />
      <Field label="Expires after" name="life" required>
        <Select options={lives} defaultValue="90" />
      </Field>
    </FormDialog>
  )
}

function TeamOfToken({ value, onChange }: { value: string; onChange: (slug: string) => void }) {
  const { me } = useViewer()
  const isAdministrator = me.role === 'administrator'
  const all = useQuery({ ...teamChoices, enabled: isAdministrator })
  const teams = isAdministrator ? (all.data?.items ?? me.teams) : me.teams
  return (
    <Field
      label="Team"
      name="team"
      help="It declares for this team only, and what it downloads is counted to it. Without a team it acts for all you belong to."
    >
      <Select
        value={value}
        onChange={onChange}
        options={[
          { value: '', label: 'No team in particular' },
          ...teams.map(({ slug, name }) => ({ value: slug, label: name })),
        ]}
      />
    </Field>
  )
}
