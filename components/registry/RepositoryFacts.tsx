import Link from 'next/link'
import { nodeHref } from '@/components/registry/places'
import { Count } from '@/components/ui/Count'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import { Time } from '@/components/ui/Time'
import type { RepositoryDetail } from '@/server/oci/schema'

/** What is known of a repository, what the person may do to it, and its options; at the right of its page. */
export function RepositoryFacts({ repository }: { repository: RepositoryDetail }) {
  const { cluster, tags, manifests, blobs, bytes, ownBytes, createdAt, lastPushAt, may } = repository
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
            { term: 'Last push', detail: lastPushAt && <Time at={lastPushAt} /> },
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
