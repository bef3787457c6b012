'use client'

import { AccessPanel } from '@/components/registry/AccessPanel'
import { NodePath } from '@/components/registry/NodePath'
import { nodeHref, writtenNode } from '@/components/registry/places'
import { PageHeader } from '@/components/ui/PageHeader'

/** The rules of one node, which may have no repository. */
export function AccessView({ cluster, path }: { cluster: string; path: string }) {
  return (
    <>
      <PageHeader
        back={{ href: nodeHref(cluster, path), label: 'Registry' }}
        title={
          <>
            Access to <span className="break-words font-mono text-lg">{writtenNode(path)}</span>
          </>
        }
        description="Rules hold for a node and, if they are inherited, for all below it. A denial wins over every permission."
      />
      <NodePath cluster={cluster} path={path} />
      <AccessPanel cluster={cluster} path={path} />
    </>
  )
}
