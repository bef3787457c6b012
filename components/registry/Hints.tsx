'use client'

import { useQuery } from '@tanstack/react-query'
import { RefreshCcw } from 'lucide-react'
import { useRefusal } from '@/components/providers/Viewer'
import { hintsOf, hintsPath, rebuildHints, registryKeys } from '@/components/registry/queries'
import { Button } from '@/components/ui/Button'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { Snippet } from '@/components/ui/Snippet'
import { sentenceOf, useAction } from '@/components/use-action'
import type { RepositoryDetail } from '@/server/oci/schema'

/** A document of more tags is not for the eye. */
const MOST_SHOWN = 20

interface HintsProps {
  repository: RepositoryDetail
  /** Base URL of the portal. */
  portal: string
}

/** What schedulers are told: where the layers of each tag lie, in order; of an index a list for each platform. */
export function Hints({ repository, portal }: HintsProps) {
  const isShown = repository.tags <= MOST_SHOWN
  const { data, error } = useQuery({ ...hintsOf(repository), enabled: isShown })
  const refusal = useRefusal('registry.push')
  const rebuild = useAction(rebuildHints, {
    success: 'The document is stored anew.',
    invalidates: [registryKeys.hints(repository)],
  })
  const url = `${portal}${hintsPath(repository)}`
  return (
    <Panel
      title="Layer hints"
      actions={
        <Button
          size="small"
          icon={RefreshCcw}
          pending={rebuild.pending}
          disabledReason={refusal ?? (repository.may.write.allowed ? undefined : repository.may.write.reason)}
          onClick={() => rebuild.run(repository)}
        >
          Rebuild
        </Button>
      }
    >
      <div className="flex min-w-0 flex-col gap-4">
        <p className="text-ink-muted text-sm">
          A scheduler that starts containers from layers reads here where they lie. It is written after each
          push, and stored beside the image.
        </p>
        <Snippet
          code={[
            `curl -fsS -H "Authorization: Bearer $ENTREPOT_TOKEN" ${url}`,
            `curl -fsS -H "Authorization: Bearer $ENTREPOT_TOKEN" '${url}?format=yson'`,
          ].join('\n')}
          label="commands that read it"
        />
        {error && <Notice tone="failed">{sentenceOf(error)}</Notice>}
        {!isShown && (
          <p className="text-ink-muted text-sm">
            With so many tags it is too long to be shown; read it with a command.
          </p>
        )}
        {isShown && !data && !error && <Skeleton height={120} />}
        {data && <Snippet title="JSON" code={JSON.stringify(data, null, 2)} label="hint document" />}
      </div>
    </Panel>
  )
}
