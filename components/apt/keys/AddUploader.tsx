'use client'

import { useId } from 'react'
import { addUploader } from '@/components/apt/keys/queries'
import { aptKeys } from '@/components/apt/queries'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'
import { Textarea } from '@/components/ui/Textarea'
import { useAction } from '@/components/use-action'

/** Asks for the public key of somebody whose uploads are to be taken. */
export function AddUploader({ repo, onClose }: { repo: string; onClose: () => void }) {
  const form = useId()
  const add = useAction(addUploader, {
    faults: 'form',
    invalidates: [aptKeys.of(repo)],
    success: ({ name }) => `Uploads signed by ${name} are taken from now on.`,
    onSuccess: onClose,
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title="Add an uploader"
      description="The key that signs their .changes files, as gpg --armor --export writes it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={add.pending}>
            Add the uploader
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={add.pending}
        fields={add.fields}
        error={add.error}
        onSubmit={(values) => {
          const name = String(values.get('name')).trim()
          add.run({ repo, publicKey: String(values.get('publicKey')), ...(name !== '' && { name }) })
        }}
      >
        <Field label="Public key, armored" name="publicKey" required>
          <Textarea mono rows={6} spellCheck={false} placeholder="-----BEGIN PGP PUBLIC KEY BLOCK-----" />
        </Field>
        <Field label="Name" name="name" help="The key’s own first name without a word.">
          <Input autoComplete="off" />
        </Field>
      </Form>
    </Dialog>
  )
}
