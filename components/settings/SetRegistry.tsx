'use client'

import { setUpstreamRegistry, upstreamRegistryKeys } from '@/components/settings/registry-queries'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { useAction } from '@/components/use-action'
import type { UpstreamRegistry } from '@/server/images/schema'

interface SetRegistryProps {
  /** The one whose credentials change; a new one without. */
  registry?: UpstreamRegistry
  onClose: () => void
}

/** Asks for the name and password that a registry knows. */
export function SetRegistry({ registry, onClose }: SetRegistryProps) {
  const set = useAction(setUpstreamRegistry, {
    faults: 'form',
    success: ({ registry: host }) => `${host} is asked with this name from now on.`,
    invalidates: [upstreamRegistryKeys.all],
    onSuccess: onClose,
  })
  return (
    <FormDialog
      title={registry ? `Change the credentials for ${registry.registry}` : 'Add credentials for a registry'}
      description="They are kept encrypted and never shown again."
      verb="Store the credentials"
      action={set}
      onClose={onClose}
      onSubmit={(values) =>
        set.run({
          registry: registry?.registry ?? String(values.get('registry')).trim(),
          username: String(values.get('username')),
          password: String(values.get('password')),
        })
      }
    >
      {!registry && (
        <Field
          label="Registry"
          name="registry"
          required
          help="As in references: docker.io, quay.io, ghcr.io."
        >
          <Input mono autoComplete="off" placeholder="docker.io" />
        </Field>
      )}
      <Field label="User name" name="username" required>
        <Input defaultValue={registry?.username} autoComplete="off" />
      </Field>
      <Field label="Password or token" name="password" required help="Best a token that may only read.">
        <Input type="password" autoComplete="new-password" />
      </Field>
    </FormDialog>
  )
}
