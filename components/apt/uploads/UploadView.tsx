'use client'

import { useQuery } from '@tanstack/react-query'
import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { packageHref, repositoryHref } from '@/components/apt/places'
import { uploadAt } from '@/components/apt/uploads/queries'
import { uploadTitle } from '@/components/apt/uploads/title'
import { Badge } from '@/components/ui/Badge'
import { Copyable } from '@/components/ui/Copyable'
import { cx } from '@/components/ui/class-names'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import { Skeleton } from '@/components/ui/Skeleton'
import { StateBadge } from '@/components/ui/StateBadge'
import { Time } from '@/components/ui/Time'
import { sentenceOf } from '@/components/use-action'
import type { ReportLine, UploadDetail } from '@/server/apt/uploads/schema'

/** The report of an upload: what was found, what came, and what it brought. */
export function UploadView({ repo, id }: { repo: string; id: string }) {
  const { data: upload, error } = useQuery(uploadAt(repo, id))
  if (error) return <Notice tone="failed">{sentenceOf(error)}</Notice>
  if (!upload) return <Skeleton height={320} />
  const { received, missing, packages } = upload
  const listed = new Set(packages.map((one) => `${one.name} ${one.version} ${one.architecture}`))
  // What came is listed by itself, with links.
  const report = upload.report.filter(({ level, message }) => level !== 'note' || !listed.has(message))
  return (
    <>
      <PageHeader
        back={{ href: repositoryHref(repo, { tab: 'uploads' }), label: 'Uploads' }}
        title={uploadTitle(upload)}
        state={<StateBadge state={upload.state} />}
        description={meanings[upload.state]}
      />
      <DetailLayout aside={<Facts repo={repo} upload={upload} />}>
        <Panel title="Report" padding="flush">
          {report.length === 0 ? (
            <p className="p-4 text-ink-muted text-sm">
              {upload.state === 'receiving'
                ? 'It is written when all files are there.'
                : 'Nothing to remark.'}
            </p>
          ) : (
            <ul className="divide-y divide-line">
              {report.map((line) => (
                <ReportRow key={`${line.level} ${line.file} ${line.message}`} line={line} />
              ))}
            </ul>
          )}
        </Panel>
        {missing.length > 0 && (
          <Panel title="Still to come">
            <ul className="flex flex-col gap-1 font-mono text-xs">
              {missing.map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
          </Panel>
        )}
        {packages.length > 0 && (
          <Panel title="What it brought" padding="flush">
            <ul className="divide-y divide-line">
              {packages.map(({ id: each, name, version, architecture, type }) => (
                <li key={each} className="flex flex-wrap items-center gap-2 px-4 py-2 text-sm">
                  <Link
                    href={packageHref(repo, each)}
                    className="rounded-sm hover:text-accent hover:underline"
                  >
                    {name}
                  </Link>
                  <span className="font-mono text-xs">{version}</span>
                  <Badge>{type === 'source' ? 'source' : architecture}</Badge>
                </li>
              ))}
            </ul>
          </Panel>
        )}
        {received.length > 0 && (
          <Panel title="Files that came" padding="flush">
            <ul className="divide-y divide-line">
              {received.map(({ name, size, sha256, receivedAt }) => (
                <li key={name} className="flex min-w-0 flex-col gap-0.5 px-4 py-2 text-sm">
                  <span className="flex min-w-0 flex-wrap items-center gap-x-3">
                    <span className="min-w-0 break-all">{name}</span>
                    <span className="ml-auto flex gap-3 text-ink-muted text-xs">
                      <Size bytes={size} />
                      <Time at={receivedAt} />
                    </span>
                  </span>
                  <span className="flex min-w-0 items-center gap-2 text-ink-muted text-xs">
                    <span className="shrink-0">SHA-256</span>
                    <Copyable value={sha256} label={`SHA-256 of ${name}`} tail={8} />
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </DetailLayout>
    </>
  )
}

const meanings: Record<UploadDetail['state'], string> = {
  receiving: 'Files are still coming. Nothing of it is published before all are there and right.',
  accepted: 'Accepted whole, and published.',
  rejected: 'Refused whole: nothing of it was published. Mend it, and upload it again.',
}

const levels = {
  error: { icon: CircleAlert, look: 'text-failed', word: 'Error' },
  warning: { icon: TriangleAlert, look: 'text-attention', word: 'Warning' },
  note: { icon: Info, look: 'text-ink-muted', word: 'Note' },
}

function ReportRow({ line: { level, file, message } }: { line: ReportLine }) {
  const { icon: Icon, look, word } = levels[level]
  return (
    <li className="flex gap-2.5 px-4 py-2.5 text-sm">
      <Icon aria-hidden size={16} className={cx('mt-0.5 shrink-0', look)} />
      <div className="min-w-0">
        <span className="sr-only">{word}: </span>
        {message}
        {file !== undefined && (
          <span className="block break-all font-mono text-ink-muted text-xs">{file}</span>
        )}
      </div>
    </li>
  )
}

const ways: Record<UploadDetail['via'], string> = {
  put: 'PUT, as dput and dupload do',
  api: 'the API',
  portal: 'the portal',
  import: 'an import',
}

function Facts({ repo, upload }: { repo: string; upload: UploadDetail }) {
  const { branch, via, actorName, signer, changesName, files, size, createdAt, finishedAt } = upload
  return (
    <Panel title="Facts">
      <DefinitionList
        items={[
          {
            term: 'Branch',
            detail: (
              <Link
                href={repositoryHref(repo, { tab: 'snapshots', branch })}
                className="rounded-sm text-accent hover:underline"
              >
                {branch}
              </Link>
            ),
          },
          { term: 'By', detail: actorName },
          { term: 'Through', detail: ways[via] },
          { term: 'Signed by', detail: signer },
          {
            term: 'Changes',
            detail: changesName && (
              <Copyable value={changesName} label="the name of the .changes" tail={14} />
            ),
          },
          { term: 'Files', detail: files },
          { term: 'Size', detail: <Size bytes={size} /> },
          { term: 'Began', detail: <Time at={createdAt} /> },
          { term: 'Ended', detail: finishedAt && <Time at={finishedAt} /> },
        ]}
      />
    </Panel>
  )
}
