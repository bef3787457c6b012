'use client'

import { useState } from 'react'
import { addKey } from '@/components/apt/keys/queries'
import { aptKeys } from '@/components/apt/queries'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
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
    <FormDialog
      width="medium"
      title="Rotate the signing key"
      verb={origin === 'generated' ? 'Make a new key' : 'Import the key'}
      action={add}
      onClose={onClose}
      onSubmit={send}
    >
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
          <Field label="Days until it expires" name="validDays" help="It never expires, when left empty.">
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
    </FormDialog>
  )
}
