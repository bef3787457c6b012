'use client'

import { RotateCw } from 'lucide-react'
import Link from 'next/link'
import { Attempts } from '@/components/files/FileCause'
import { imageKeys, retryImage } from '@/components/images/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { useAction } from '@/components/use-action'
import type { ImageDetail, ImageSummary } from '@/server/images/schema'

/** What an image's badge opens: the last error as its registry said it, attempts and the next try, and a retry. */
export function ImageCause({ image }: { image: ImageSummary | ImageDetail }) {
  const detail = 'attempts' in image ? image : undefined
  return (
    <div className="flex flex-col items-start gap-2">
      <p className="break-words">{image.error ?? 'Nothing has failed.'}</p>
      {detail && <Attempts file={detail} />}
      {image.state === 'failed' && <RetryImage id={image.id} />}
      <Link
        href={detail?.taskId ? `/tasks/${detail.taskId}` : `/images/${image.id}`}
        className="w-fit rounded-sm text-accent text-xs hover:underline"
      >
        {detail?.taskId ? 'Open the log' : 'Open the image'}
      </Link>
    </div>
  )
}

/** Fetches again now; says so before and after. */
export function RetryImage({ id }: { id: string }) {
  const refusal = useRefusal('image.retry')
  const retry = useAction(retryImage, {
    success: 'Fetching it again now.',
    invalidates: [imageKeys.all],
  })
  return (
    <Button
      size="small"
      icon={RotateCw}
      pending={retry.pending}
      disabledReason={refusal}
      title="Fetches what is missing from its registry now, with fresh attempts"
      onClick={() => retry.run({ id })}
    >
      Fetch again now
    </Button>
  )
}
