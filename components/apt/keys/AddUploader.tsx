'use client'

import { addUploader } from '@/components/apt/keys/queries'
import { aptKeys } from '@/components/apt/queries'
import { Field } from '@/components/ui/Field'
import { FormDialog } from '@/components/ui/FormDialog'
import { Input } from '@/components/ui/Input'
import { Textarea } from '@/components/ui/Textarea'
import { useAction } from '@/components/use-action'

/** Asks for the public key of somebody whose uploads are to be taken. */
export function AddUploader({ repo, onClose }: { repo: string; onClose: () => void }) {
  const add = useAction(addUploader, {
    faults: 'form',
    invalidates: [aptKeys.of(repo)],
    success: ({ name }) => `Uploads signed by ${name} are taken from now on.`,
    onSuccess: onClose,
  })
  return (
    <FormDialog
      width="medium"
      title="Add an uploader"
      description={
        <>
          The key that signs their .changes files, as{' '}
          <code className="whitespace-nowrap text-xs">gpg --armor --export</code> writes it.
        </>
      }
      verb="Add the uploader"
      action={add}
      onClose={onClose}
      onSubmit={(values) => {
        const name = String(values.get('name')).trim()
        add.run({ repo, publicKey: String(values.get('publicKey')), ...(name !== '' && { name }) })
      }}
    >
      <Field label="Public key, armored" name="publicKey" required>
        <Textarea mono rows={6} spellCheck={false} placeholder="-----BEGIN PGP PUBLIC KEY BLOCK-----" />
      </Field>
      <Field label="Name" name="name" help="When left empty, the first name in the key.">
        <Input autoComplete="off" />
      </Field>
    </FormDialog>
  )
}
