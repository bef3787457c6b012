'use client'

import { Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { registryKeys, setImmutableTags } from '@/components/registry/queries'
import { Button } from '@/components/ui/Button'
import { Checkbox } from '@/components/ui/Checkbox'
import { Panel } from '@/components/ui/Panel'
import { useAction } from '@/components/use-action'
import type { RepositoryDetail } from '@/server/oci/schema'

const RemoveRepository = dynamic(
  async () => (await import('@/components/registry/Removals')).RemoveRepository,
  { ssr: false },
)

/** What who administers a repository may set. */
export function RepositoryOptions({ repository }: { repository: RepositoryDetail }) {
  return (
    <Panel title="Options">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <ImmutableTags repository={repository} />
        <Remove repository={repository} />
      </div>
    </Panel>
  )
}

function Remove({ repository }: { repository: RepositoryDetail }) {
  const [isAsking, ask] = useState(false)
  const { may, immutableTags } = repository
  const refusal = may.remove.allowed
    ? immutableTags
      ? 'Its tags are immutable. Change that first.'
      : undefined
    : may.remove.reason
  return (
    <>
      <Button icon={Trash2} size="small" disabledReason={refusal} onClick={() => ask(true)}>
        Delete the repository
      </Button>
      {isAsking && <RemoveRepository repository={repository} onClose={() => ask(false)} />}
    </>
  )
}

function ImmutableTags({ repository }: { repository: RepositoryDetail }) {
  const { cluster, name, immutableTags, may } = repository
  // Shown at once; the server has the last word.
  const [wanted, want] = useState<boolean>()
  const set = useAction(setImmutableTags, {
    success: ({ immutableTags: now }) =>
      now ? 'A tag stays with what it names from now on.' : 'Tags may be pushed anew.',
    invalidates: [registryKeys.all],
  })
  const isOn = set.pending ? (wanted ?? immutableTags) : immutableTags
  return (
    <fieldset disabled={!may.administer.allowed || set.pending} className="disabled:opacity-70">
      <legend className="sr-only">Tags</legend>
      <Checkbox
        label="Immutable tags"
        help={
          may.administer.allowed
            ? 'A tag that is there cannot be pushed with another content, nor deleted.'
            : may.administer.reason
        }
        checked={isOn}
        onChange={(checked) => {
          want(checked)
          set.run({ cluster, name, immutableTags: checked })
        }}
      />
    </fieldset>
  )
}
