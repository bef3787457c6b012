'use client'

import { useQuery } from '@tanstack/react-query'
import { Code, Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { Commands } from '@/components/registry/Commands'
import { pullCommands } from '@/components/registry/commands'
import { kindOf, shortDigest } from '@/components/registry/kinds'
import { Layers } from '@/components/registry/Layers'
import { ManifestChildren } from '@/components/registry/ManifestChildren'
import { ManifestReferrers } from '@/components/registry/ManifestReferrers'
import { manifestHref, repositoryHref } from '@/components/registry/places'
import { manifestAt, repositoryAt } from '@/components/registry/queries'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import { Snippet } from '@/components/ui/Snippet'
import { Time } from '@/components/ui/Time'
import type { ManifestDetail, RepositoryDetail } from '@/server/oci/schema'

const RemoveManifest = dynamic(async () => (await import('@/components/registry/Removals')).RemoveManifest, {
  ssr: false,
})

interface ManifestViewProps {
  cluster: string
  name: string
  /** A digest or a tag. */
  reference: string
}

/** One manifest: what it is made of, what is about it, and how to fetch it. */
export function ManifestView({ cluster, name, reference }: ManifestViewProps) {
  const { data: manifest } = useQuery(manifestAt({ cluster, name }, reference))
  const { data: repository } = useQuery(repositoryAt({ cluster, name }))
  if (!manifest || !repository) return null
  const isTag = !reference.includes(':')
  const { host, isPlain } = repository
  return (
    <>
      <PageHeader
        back={{ href: repositoryHref({ cluster, name }), label: name }}
        title={
          <span className="break-words font-mono text-lg">
            {isTag ? reference : shortDigest(manifest.digest)}
          </span>
        }
        state={<Badge tone="accent">{kindOf(manifest)}</Badge>}
        description={<Copyable value={manifest.digest} label="digest" tail={12} />}
        actions={<Remove manifest={manifest} repository={repository} />}
      />
      <DetailLayout aside={<Facts manifest={manifest} />}>
        {manifest.kind === 'index' ? (
          <ManifestChildren manifest={manifest} />
        ) : (
          <Layers manifest={manifest} />
        )}
        <ManifestReferrers manifest={manifest} host={host} />
        <Panel title="Pull this very image">
          <Commands
            label="Pull commands"
            commands={pullCommands({ host, isPlain, name, reference: manifest.digest })}
          />
        </Panel>
        <Raw manifest={manifest} />
      </DetailLayout>
    </>
  )
}

interface RemoveProps {
  manifest: ManifestDetail
  repository: RepositoryDetail
}

function Remove({ manifest, repository: { may, immutableTags } }: RemoveProps) {
  const [isAsking, ask] = useState(false)
  const isHeld = immutableTags && manifest.tags.length > 0
  const refusal = may.remove.allowed
    ? isHeld
      ? 'An immutable tag leads to it.'
      : undefined
    : may.remove.reason
  return (
    <>
      <Button icon={Trash2} disabledReason={refusal} onClick={() => ask(true)}>
        Delete
      </Button>
      {isAsking && <RemoveManifest manifest={manifest} onClose={() => ask(false)} />}
    </>
  )
}

function Facts({ manifest }: { manifest: ManifestDetail }) {
  const {
    mediaType,
    artifactType,
    annotations,
    size,
    totalSize,
    subject,
    tags,
    parents,
    pushedBy,
    createdAt,
  } = manifest
  const isPlainType = artifactType === null || artifactType === manifest.config?.mediaType
  return (
    <>
      <Panel title="Facts">
        <DefinitionList
          items={[
            { term: 'To fetch', detail: <Size bytes={totalSize} /> },
            { term: 'Manifest', detail: <Size bytes={size} /> },
            { term: 'Type', detail: <code className="font-mono text-xs">{mediaType}</code> },
            {
              term: 'Artifact',
              detail: isPlainType ? null : <code className="font-mono text-xs">{artifactType}</code>,
            },
            {
              term: 'Tags',
              detail: tags.length === 0 ? 'None' : <Tags manifest={manifest} />,
            },
            {
              term: 'About',
              detail: subject && (
                <DigestLink manifest={manifest} digest={subject.digest} isHere={subject.isHere} />
              ),
            },
            {
              term: 'Part of',
              detail:
                parents.length === 0 ? null : (
                  <ul className="flex flex-col gap-1">
                    {parents.map((parent) => (
                      <li key={parent.digest} className="flex flex-wrap items-baseline gap-x-2">
                        <DigestLink manifest={manifest} digest={parent.digest} isHere />
                        <span className="text-ink-muted text-xs">
                          {[parent.platform, ...parent.tags].filter(Boolean).join(', ')}
                        </span>
                      </li>
                    ))}
                  </ul>
                ),
            },
            { term: 'Pushed by', detail: pushedBy },
            { term: 'Pushed', detail: <Time at={createdAt} /> },
          ]}
        />
      </Panel>
      {annotations && Object.keys(annotations).length > 0 && (
        <Panel title="Annotations">
          <dl className="flex flex-col gap-2 text-sm">
            {Object.entries(annotations).map(([key, value]) => (
              <div key={key} className="min-w-0">
                <dt className="break-words font-mono text-ink-muted text-xs">{key}</dt>
                <dd className="break-words">{value}</dd>
              </div>
            ))}
          </dl>
        </Panel>
      )}
    </>
  )
}

function Tags({ manifest }: { manifest: ManifestDetail }) {
  return (
    <span className="flex flex-wrap gap-1">
      {manifest.tags.map((tag) => (
        <Link key={tag} href={manifestHref(manifest, tag)} className="max-w-full rounded-full">
          <Badge>{tag}</Badge>
        </Link>
      ))}
    </span>
  )
}

interface DigestLinkProps {
  manifest: ManifestDetail
  digest: string
  isHere: boolean
}

function DigestLink({ manifest, digest, isHere }: DigestLinkProps) {
  if (!isHere) {
    return (
      <span title={digest} className="font-mono text-xs">
        {shortDigest(digest)} (not here)
      </span>
    )
  }
  return (
    <Link
      href={manifestHref(manifest, digest)}
      title={digest}
      className="rounded-sm font-mono text-accent text-xs hover:underline"
    >
      {shortDigest(digest)}
    </Link>
  )
}

function Raw({ manifest: { content } }: { manifest: ManifestDetail }) {
  return (
    <details className="group rounded-lg border border-line bg-surface">
      <summary className="flex min-h-11 items-center gap-2 px-4 text-base">
        <Code aria-hidden size={15} className="text-ink-faint" />
        The manifest as it was pushed
      </summary>
      <div className="border-line border-t p-4">
        <Snippet code={indented(content)} label="manifest" />
      </div>
    </details>
  )
}

/** Easier to read; what was pushed has a digest, and this has not. */
function indented(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2)
  } catch {
    // Shown as it is.
    return content
  }
}
