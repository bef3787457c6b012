'use client'

import { useId, useState } from 'react'
import { CreateRepositoryForm } from '@/components/apt/settings/CreateRepositoryForm'
import { useRefusal } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { Snippet } from '@/components/ui/Snippet'

const command = [
  'curl -fsS -H "Authorization: Bearer $ENTREPOT_TOKEN" -H "Content-Type: application/json" \\',
  `  -d '{"name":"platform","branches":["unstable","testing","prestable","stable"],`,
  `       "components":["main"],"architectures":["amd64","arm64"]}' \\`,
]

/** There is no repository yet: what one is for, and the form that makes the first. */
export function NoRepository({ portal }: { portal: string }) {
  const form = useId()
  const [isPending, setPending] = useState(false)
  const refusal = useRefusal('apt.manage')
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-6 px-4 py-8 sm:px-6">
      <p className="text-balance text-center text-ink-muted text-sm">
        A repository holds your own packages in branches. They come in at the first branch and are promoted to
        the next; apt installs from any of them, signed.
      </p>
      {refusal === undefined ? (
        <>
          <CreateRepositoryForm id={form} onPending={setPending} />
          <div className="flex justify-end">
            <Button type="submit" form={form} variant="primary" pending={isPending}>
              Create the repository
            </Button>
          </div>
        </>
      ) : (
        <p className="text-center text-sm">{refusal}</p>
      )}
      <Snippet
        code={[...command, `  ${portal}/api/v1/apt/repositories`].join('\n')}
        label="command that does the same"
        title="The same by the API"
      />
    </div>
  )
}
