'use client'

import Link from 'next/link'
import { useState } from 'react'
import { nodeHref } from '@/components/registry/places'
import { registryKeys, setImmutableTags } from '@/components/registry/queries'
import { Checkbox } from '@/components/ui/Checkbox'
import { Count } from '@/components/ui/Count'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import { Time } from '@/components/ui/Time'
import { useAction } from '@/components/use-action'
import type { RepositoryDetail } from '@/server/oci/schema'

/** What is known of a repository, what the person may do to it, and its options; at the right of its page. */
export function RepositoryFacts({ repository }: { repository: RepositoryDetail }) {
  const { cluster, tags, manifests, blobs, bytes, ownBytes, createdAt, updatedAt, may } = repository
  return (
    <>
      <Panel title="Facts">
        <DefinitionList
          items={[
            {
              term: 'Cluster',
              detail: (
                <Link href={nodeHref(cluster, '')} className="rounded-sm hover:text-accent hover:underline">
                  {cluster}
                </Link>
              ),
            },
            { term: 'Tags', detail: <Count value={tags} /> },
            { term: 'Manifests', detail: <Count value={manifests} /> },
            {
              term: 'Blobs',
              detail: (
                <>
                  <Count value={blobs} />, <Size bytes={bytes} />
                </>
              ),
            },
            {
              term: 'Only here',
              detail: (
                <span title="Of blobs that no other repository of the cluster has.">
                  <Size bytes={ownBytes} />
                </span>
              ),
            },
            { term: 'First push', detail: <Time at={createdAt} /> },
            { term: 'Changed', detail: <Time at={updatedAt} /> },
          ]}
        />
      </Panel>
      <Panel title="You">
        <DefinitionList
          items={[
            { term: 'Pull', detail: 'Yes' },
            { term: 'Push', detail: <Decision {...may.write} /> },
            { term: 'Delete', detail: <Decision {...may.remove} /> },
            { term: 'Rules', detail: <Decision {...may.administer} /> },
          ]}
        />
      </Panel>
      <Panel title="Options">
        <ImmutableTags repository={repository} />
      </Panel>
    </>
  )
}

function Decision({ allowed, reason }: { allowed: boolean; reason: string }) {
  return (
    <span className="flex flex-col">
      {allowed ? 'Yes' : 'No'}
      <span className="text-ink-muted text-xs">{reason}</span>
    </span>
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
