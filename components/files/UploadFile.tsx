'use client'

import { Upload } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { fileKeys } from '@/components/files/queries'
import { sendFile } from '@/components/files/send-file'
import { useRefusal } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { formatSize } from '@/components/ui/format'
import { Input } from '@/components/ui/Input'
import { ProgressBar } from '@/components/ui/ProgressBar'
import { useAction } from '@/components/use-action'
import type { FileDetail } from '@/server/mirror/schema'

/** Offers to give the bytes by hand, for what is no longer on the internet. */
export function UploadButton({ file }: { file: FileDetail }) {
  const [isOpen, setOpen] = useState(false)
  const refusal = useRefusal('file.upload')
  return (
    <>
      <Button size="small" icon={Upload} disabledReason={refusal} onClick={() => setOpen(true)}>
        Upload by hand
      </Button>
      {isOpen && <UploadDialog file={file} onClose={() => setOpen(false)} />}
    </>
  )
}

interface UploadDialogProps {
  file: FileDetail
  onClose: () => void
}

function UploadDialog({ file, onClose }: UploadDialogProps) {
  const form = useId()
  const stop = useRef(new AbortController())
  const [chosen, choose] = useState<File>()
  const [sent, setSent] = useState(0)
  const upload = useAction(
    (bytes: File) =>
      sendFile({
        url: `/api/v1/files/${file.id}/content`,
        file: bytes,
        onProgress: setSent,
        signal: stop.current.signal,
      }),
    { faults: 'form', success: 'The upload is stored.', invalidates: [fileKeys.all], onSuccess: onClose },
  )
  const close = () => {
    stop.current.abort()
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={close}
      title="Upload by hand"
      description="For what is no longer on the internet. It is stored under the declared URL for ever, and marked as uploaded by you."
      footer={
        <>
          <Button onClick={close}>{upload.pending ? 'Stop' : 'Cancel'}</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            pending={upload.pending}
            disabledReason={chosen ? undefined : 'Choose the file first.'}
          >
            {chosen ? `Upload ${formatSize(chosen.size)}` : 'Upload'}
          </Button>
        </>
      }
    >
      <Form
        id={form}
        pending={upload.pending}
        error={upload.error ?? Object.values(upload.fields ?? {})[0]}
        onSubmit={() => chosen && upload.run(chosen)}
      >
        <Field
          label="File"
          required
          help={file.expectedIntegrity === null ? undefined : 'Its hash must be the expected one.'}
        >
          <Input type="file" onChange={(event) => choose(event.target.files?.[0])} />
        </Field>
        {upload.pending && chosen && (
          <ProgressBar label="Progress of the upload" done={sent} total={chosen.size} />
        )}
      </Form>
    </Dialog>
  )
}
