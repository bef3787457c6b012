'use client'

import { useState } from 'react'
import { registryKeys, setImmutableTags } from '@/components/registry/queries'
import { Checkbox } from '@/components/ui/Checkbox'
import { Panel } from '@/components/ui/Panel'
import { useAction } from '@/components/use-action'
import type { RepositoryDetail } from '@/server/oci/schema'

/** What who administers a repository may set. */
export function RepositoryOptions({ repository }: { repository: RepositoryDetail }) {
  return (
    <Panel title="Options">
      <ImmutableTags repository={repository} />
    </Panel>
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
