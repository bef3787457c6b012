'use client'

import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { DownloadPanels } from '@/components/downloads/DownloadPanels'
import { Attempts, FileCause, RetryButton } from '@/components/files/FileCause'
import { FileFacts } from '@/components/files/FileFacts'
import { FileSnippets } from '@/components/files/FileSnippets'
import { FileUses } from '@/components/files/FileUses'
import { downloadsOf, fileById, fileKeys, isMoving } from '@/components/files/queries'
import { storyOf } from '@/components/files/story'
import { UploadButton } from '@/components/files/UploadFile'
import type { Installation } from '@/components/setup/recipes'
import { fileName } from '@/components/setup/snippets'
import { FetchProgress } from '@/components/tasks/FetchProgress'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { StateBadge } from '@/components/ui/StateBadge'
import { Timeline } from '@/components/ui/Timeline'
import { useNow } from '@/components/ui/use-now'
import type { FileDetail } from '@/server/mirror/schema'

interface FileViewProps {
  id: string
  installation: Installation
}

/** One file: what it is, who needs it and why, how it came, and how to use it. */
export function FileView({ id, installation }: FileViewProps) {
  const { data: file } = useQuery(fileById(id))
  if (!file) return null
  const hasCause = file.error !== null || file.attempts > 1
  return (
    <>
      <PageHeader
        back={{ href: '/files', label: 'Files' }}
        title={fileName(file.uri)}
        state={<StateBadge state={file.state} cause={hasCause ? <FileCause file={file} /> : undefined} />}
        description={<Copyable value={file.uri} label="URL" tail={28} />}
        actions={
          file.sha256 !== null && (
            <Button icon={Download} href={`/files/sha256/${file.sha256}`} download={fileName(file.uri)}>
              Download
            </Button>
          )
        }
      />
      <DetailLayout aside={<FileFacts file={file} />}>
        {file.state === 'failed' && <Failure file={file} />}
        {isMoving(file) && (
          <FetchProgress key={file.taskId} taskId={file.taskId} concerns={fileKeys.detail(id)} />
        )}
        <JustStored file={file} />
        <FileSnippets file={file} installation={installation} />
        <FileUses file={file} />
        <DownloadPanels query={downloadsOf(file.id)} />
        <Panel title="What happened">
          <Timeline events={storyOf(file)} />
        </Panel>
      </DetailLayout>
    </>
  )
}

const NEWS_MS = 10 * 60_000

/** For whom waited here for it: what to do now. */
function JustStored({ file }: { file: FileDetail }) {
  const now = useNow()
  const isNews = now && file.storedAt !== null && now.getTime() - Date.parse(file.storedAt) < NEWS_MS
  if (!isNews) return null
  return (
    <Notice tone="ok" title="Stored">
      Clients get it now. Run again what was refused, or copy a command from below.
    </Notice>
  )
}

function Failure({ file }: { file: FileDetail }) {
  return (
    <Notice tone="failed" title="The last fetch failed">
      <div className="flex flex-col items-start gap-2">
        <p className="break-words">{file.error ?? 'The server gave no reason.'}</p>
        <Attempts file={file} />
        <div className="flex flex-wrap gap-2">
          <RetryButton id={file.id} />
          {file.taskId !== null && (
            <Button size="small" href={`/tasks/${file.taskId}`}>
              Open the log
            </Button>
          )}
          <UploadButton file={file} />
        </div>
      </div>
    </Notice>
  )
}
