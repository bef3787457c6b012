'use client'

import { useId, useState } from 'react'
import { addKey } from '@/components/apt/keys/queries'
import { aptKeys } from '@/components/apt/queries'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'
import { Segments } from '@/components/ui/Segments'
import { Select } from '@/components/ui/Select'
import { Textarea } from '@/components/ui/Textarea'
import { useAction } from '@/components/use-action'

const origins = [
  { value: 'generated', label: 'Make one' },
  { value: 'imported', label: 'Import one' },
] as const

const algorithms = [
  { value: 'ed25519', label: 'Ed25519: small and quick, for apt of 2017 and later' },
  { value: 'rsa4096', label: 'RSA-4096: for the oldest clients' },
]

/** Brings a second key, so that the first can be retired without a client noticing. */
export function AddKey({ repo, onClose }: { repo: string; onClose: () => void }) {
  const form = useId()
  const [origin, setOrigin] = useState<'generated' | 'imported'>('generated')
  const [algorithm, setAlgorithm] = useState<'ed25519' | 'rsa4096'>('ed25519')
  const add = useAction(addKey, {
    faults: 'form',
    invalidates: [aptKeys.of(repo)],
    success: ({ fingerprint }) =>
      `${fingerprint.slice(-16).toUpperCase()} signs from now on, beside the others.`,
    onSuccess: onClose,
  })
  const send = (values: FormData) => {
    const days = String(values.get('validDays') ?? '').trim()
    const passphrase = String(values.get('passphrase') ?? '')
    add.run({
      repo,
      key:
        origin === 'generated'
          ? { origin, algorithm, validDays: days === '' ? null : Number(days) }
          : {
              origin,
              privateKey: String(values.get('privateKey')),
              ...(passphrase !== '' && { passphrase }),
            },
    })
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title="Rotate the signing key"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={add.pending}>
            {origin === 'generated' ? 'Make a new key' : 'Import the key'}
          </Button>
        </>
      }
    >
      <Form id={form} pending={add.pending} fields={add.fields} error={add.error} onSubmit={send}>
        <ol className="flex list-decimal flex-col gap-1 pl-5 text-sm">
          <li>The new key signs beside the present one: clients that know either go on.</li>
          <li>/apt/{repo}/key.asc holds both from now on. Bring it to the clients.</li>
          <li>When all have it, retire the former key here.</li>
        </ol>
        <Segments label="Origin" options={origins} value={origin} onChange={setOrigin} />
        {origin === 'generated' ? (
          <>
            <Field label="Algorithm" name="algorithm" required>
              <Select
                options={algorithms}
                value={algorithm}
                onChange={(value) => setAlgorithm(value === 'rsa4096' ? 'rsa4096' : 'ed25519')}
              />
            </Field>
            <Field label="Days until it expires" name="validDays" help="Without a number it never expires.">
              <Input type="number" min={1} max={7300} inputMode="numeric" />
            </Field>
          </>
        ) : (
          <>
            <Field
              label="Private key, armored"
              name="privateKey"
              required
              help="It is kept encrypted with this installation’s secret, and never shown again."
            >
              <Textarea
                mono
                rows={6}
                spellCheck={false}
                autoComplete="off"
                placeholder="-----BEGIN PGP PRIVATE KEY BLOCK-----"
              />
            </Field>
            <Field label="Its passphrase" name="passphrase">
              <Input type="password" autoComplete="new-password" />
            </Field>
          </>
        )}
      </Form>
    </Dialog>
  )
}
