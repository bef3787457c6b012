'use client'

import { RotateCw } from 'lucide-react'
import Link from 'next/link'
import { fileKeys, retryFile } from '@/components/files/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { Time } from '@/components/ui/Time'
import { useAction } from '@/components/use-action'
import type { FileDetail, FileSummary } from '@/server/mirror/schema'

/** What a file's badge opens: the last error as the server said it, attempts and the next try, the log, and a retry. */
export function FileCause({ file }: { file: FileSummary | FileDetail }) {
  const detail = 'attempts' in file ? file : undefined
  return (
    <div className="flex flex-col items-start gap-2">
      <p className="break-words">{file.error ?? 'Nothing has failed.'}</p>
      {detail && <Attempts file={detail} />}
      {file.state === 'failed' && <RetryButton id={file.id} />}
      <Link
        href={detail?.taskId ? `/tasks/${detail.taskId}` : `/files/${file.id}`}
        className="w-fit rounded-sm text-accent text-xs hover:underline"
      >
        {detail?.taskId ? 'Open the log' : 'Open the file'}
      </Link>
    </div>
  )
}

/** How often it was tried, and when it is tried again. */
export function Attempts({ file }: { file: Pick<FileDetail, 'attempts' | 'nextAttemptAt' | 'state'> }) {
  return (
    <p className="text-ink-muted text-xs">
      {file.attempts === 1 ? 'Tried once' : `Tried ${file.attempts} times`}
      {file.nextAttemptAt === null ? (
        file.state === 'failed' && '; it is not tried again by itself'
      ) : (
        <>
          {'; next try '}
          <Time at={file.nextAttemptAt} />
        </>
      )}
      .
    </p>
  )
}

/** Fetches again now; says so before and after. */
export function RetryButton({ id, size = 'small' }: { id: string; size?: 'small' | 'medium' }) {
  const refusal = useRefusal('file.retry')
  const retry = useAction(retryFile, {
    success: 'Fetching it again now.',
    invalidates: [fileKeys.all],
  })
  return (
    <Button
      size={size}
      icon={RotateCw}
      pending={retry.pending}
      disabledReason={refusal}
      title="Fetches it from its URL again now, with fresh attempts"
      onClick={() => retry.run({ id })}
    >
      Fetch again now
    </Button>
  )
}
