'use client'

import { OverlapChoice } from '@/components/settings/OverlapChoice'
import { authorityKeys, importAuthority } from '@/components/settings/queries'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Textarea } from '@/components/ui/Textarea'
import { useAction } from '@/components/use-action'

/** Takes over an organisation's own authority. */
export function ImportAuthority({ onClose }: { onClose: () => void }) {
  const action = useAction(importAuthority, {
    faults: 'form',
    invalidates: [authorityKeys.all],
    success: (imported) => `${imported.subject} was imported.`,
    onSuccess: onClose,
  })
  return (
    <FormDialog
      width="medium"
      title="Import your organisation’s authority"
      description="For machines that trust an authority of yours already: nothing has to be installed on them."
      verb="Import authority"
      action={action}
      onClose={onClose}
      onSubmit={(values) =>
        action.run({
          certificatePem: String(values.get('certificatePem')),
          privateKeyPem: String(values.get('privateKeyPem')),
          overlapHours: Number(values.get('overlapHours')),
        })
      }
    >
      <Field
        label="Certificate, PEM"
        name="certificatePem"
        required
        help="A root, or one below it followed by its chain. It must be allowed to sign certificates."
      >
        <Textarea mono rows={6} spellCheck={false} placeholder="-----BEGIN CERTIFICATE-----" />
      </Field>
      <Field
        label="Private key, PEM"
        name="privateKeyPem"
        required
        help="Not encrypted. It is kept as a file only this installation can read, never in the database, and is not shown again."
      >
        <Textarea
          mono
          rows={5}
          spellCheck={false}
          autoComplete="off"
          placeholder="-----BEGIN PRIVATE KEY-----"
        />
      </Field>
      <OverlapChoice hours={0} />
    </FormDialog>
  )
}
