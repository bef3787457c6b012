'use client'

import { useQuery } from '@tanstack/react-query'
import { installCommands } from '@/components/apt/packages/install-commands'
import { PackageFacts } from '@/components/apt/packages/PackageFacts'
import { Paths } from '@/components/apt/packages/Paths'
import { packageAt } from '@/components/apt/packages/queries'
import { Relations } from '@/components/apt/packages/Relations'
import { storyOfPackage } from '@/components/apt/packages/story'
import { sourceHref } from '@/components/apt/places'
import { Badge } from '@/components/ui/Badge'
import { Copyable } from '@/components/ui/Copyable'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { ScrollRegion } from '@/components/ui/ScrollRegion'
import { Size } from '@/components/ui/Size'
import { Skeleton } from '@/components/ui/Skeleton'
import { Snippet } from '@/components/ui/Snippet'
import { Tabs } from '@/components/ui/Tabs'
import { Timeline } from '@/components/ui/Timeline'
import { sentenceOf } from '@/components/use-action'
import type { PackageDetail } from '@/server/apt/packages/schema'

/** One package of one architecture: what it is, needs and holds, how one gets it, and where it has been. */
export function PackageView({ repo, id }: { repo: string; id: string }) {
  const { data: found, error } = useQuery(packageAt(repo, id))
  if (error) return <Notice tone="failed">{sentenceOf(error)}</Notice>
  if (!found) return <Skeleton height={320} />
  const { name, version, architecture, type, branches, summary, source, sourceVersion } = found
  return (
    <>
      <PageHeader
        back={{ href: sourceHref(repo, source, { version: sourceVersion }), label: source }}
        title={
          <>
            {name} <span className="font-mono text-lg">{version}</span>
          </>
        }
        state={
          <span className="flex flex-wrap gap-1">
            <Badge>{type === 'source' ? 'source' : architecture}</Badge>
            {branches.map((branch) => (
              <Badge key={branch} tone="accent">
                {branch}
              </Badge>
            ))}
            {branches.length === 0 && <Badge tone="attention">in no branch</Badge>}
          </span>
        }
        description={summary}
      />
      <DetailLayout aside={<PackageFacts repo={repo} found={found} />}>
        <Panel title="Get it">
          <Tabs
            label="Tools"
            tabs={installCommands(found).map(({ id: value, title, code }) => ({
              value,
              label: title,
              content: <Snippet code={code} label={`${title} lines`} />,
            }))}
          />
        </Panel>
        {found.relations.length > 0 && (
          <Panel title="What it needs and provides">
            <Relations repo={repo} relations={found.relations} />
          </Panel>
        )}
        <Panel title="About" padding="flush">
          <div className="px-4 pb-4">
            <Tabs label="About the package" tabs={aboutTabs(found)} />
          </div>
        </Panel>
        <Panel title="History">
          <Timeline events={storyOfPackage(repo, found)} />
        </Panel>
      </DetailLayout>
    </>
  )
}

function aboutTabs(found: PackageDetail) {
  const { description, changelog, paths, files, control } = found
  return [
    ...(description
      ? [{ value: 'description', label: 'Description', content: <Prose text={description} /> }]
      : []),
    ...(changelog
      ? [{ value: 'changelog', label: 'Last change', content: <Text label="Changelog" text={changelog} /> }]
      : []),
    ...(paths
      ? [{ value: 'contents', label: 'Contents', count: paths.length, content: <Paths paths={paths} /> }]
      : []),
    { value: 'files', label: 'Files', count: files.length, content: <Files files={files} /> },
    { value: 'control', label: 'Control', content: <Text label="Control data" text={control} /> },
  ]
}

/** A long description as control files have it: indented lines are kept, a lone full stop is an empty line. */
function Prose({ text }: { text: string }) {
  return (
    <p className="whitespace-pre-wrap text-sm">{text.replaceAll(/^ ?\.$/gm, '').replaceAll(/^ /gm, '')}</p>
  )
}

function Text({ label, text }: { label: string; text: string }) {
  return (
    <ScrollRegion label={label} axis="x">
      <pre className="w-fit font-mono text-xs leading-5">{text}</pre>
    </ScrollRegion>
  )
}

function Files({ files }: { files: PackageDetail['files'] }) {
  return (
    <ul className="divide-y divide-line">
      {files.map(({ path, url, size, sha256 }) => (
        <li key={path} className="flex min-w-0 flex-col gap-0.5 py-2 first:pt-0 last:pb-0">
          <span className="flex min-w-0 flex-wrap items-center gap-x-3">
            <a href={url} className="min-w-0 rounded-sm text-sm hover:text-accent hover:underline">
              {path.slice(path.lastIndexOf('/') + 1)}
            </a>
            <span className="text-ink-muted text-xs">
              <Size bytes={size} />
            </span>
          </span>
          <span className="flex min-w-0 items-center gap-2 text-ink-muted text-xs">
            <span className="shrink-0">SHA-256</span>
            <Copyable value={sha256} label="SHA-256" tail={8} />
          </span>
        </li>
      ))}
    </ul>
  )
}
