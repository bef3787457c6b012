'use client'

import type { Installation } from '@/components/setup/recipes'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Notice } from '@/components/ui/Notice'
import { Snippet } from '@/components/ui/Snippet'
import type { NewToken } from '@/server/auth/schema'

interface SecretOnceProps {
  token: NewToken
  installation: Installation
  onClose: () => void
}

/** The secret of a new token, this one time, and how it is used. */
export function SecretOnce({ token, installation, onClose }: SecretOnceProps) {
  const { secret, scopes } = token
  const proxy = `http://token:${secret}@${installation.proxy}`
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title={`Keep the secret of ${token.name}`}
      footer={
        <Button variant="primary" onClick={onClose}>
          I have kept it
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Notice tone="attention">
          It is shown this once. Whoever has it acts as you, within its scopes.
        </Notice>
        <Snippet title="The secret" label="secret" code={secret} />
        <Snippet
          title="For the command entrepot and the API"
          label="environment of the command"
          code={`export ENTREPOT_URL=${installation.portal}\nexport ENTREPOT_TOKEN=${secret}`}
        />
        {scopes.includes('proxy') && (
          <Snippet
            title="For the proxy, so that downloads name the team"
            label="environment for the proxy"
            code={`export http_proxy=${proxy}\nexport https_proxy=${proxy}`}
          />
        )}
      </div>
    </Dialog>
  )
}
