'use client'

import { useQuery } from '@tanstack/react-query'
import { DownloadPanels } from '@/components/downloads/DownloadPanels'
import { Attempts } from '@/components/files/FileCause'
import { ImageCause, RetryImage } from '@/components/images/ImageCause'
import { ImageCommands } from '@/components/images/ImageCommands'
import { ImageFacts } from '@/components/images/ImageFacts'
import { ImageTree } from '@/components/images/ImageTree'
import { PlatformTable } from '@/components/images/PlatformTable'
import { declareImage, downloadsOf, imageById, imageKeys, isMoving } from '@/components/images/queries'
import { storyOf } from '@/components/images/story'
import { useRefusal } from '@/components/providers/Viewer'
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
import { UseList } from '@/components/uses/UseList'
import type { ImageDetail } from '@/server/images/schema'

export interface ImageInstallation {
  /** `host[:port]` of our own registry. */
  host: string
  isPlain: boolean
  /** `host:port` of the proxy. */
  proxy: string
}

interface ImageViewProps {
  id: string
  installation: ImageInstallation
}

/** One mirrored image: what it is, which platforms are here, who needs it and why, and how to pull it. */
export function ImageView({ id, installation }: ImageViewProps) {
  const { data: image } = useQuery(imageById(id))
  const refusal = useRefusal('image.declare')
  if (!image) return null
  const { reference, repository, digest } = image
  const hasCause = image.error !== null || image.attempts > 1
  return (
    <>
      <PageHeader
        back={{ href: '/images', label: 'Images' }}
        title={<span className="break-words">{repository}</span>}
        state={<StateBadge state={image.state} cause={hasCause ? <ImageCause image={image} /> : undefined} />}
        description={<Copyable value={reference} label="reference" tail={16} />}
      />
      <DetailLayout aside={<ImageFacts image={image} />}>
        {image.state === 'failed' && <Failure image={image} />}
        {isMoving(image) && (
          <FetchProgress key={image.taskId} taskId={image.taskId} concerns={imageKeys.detail(id)} />
        )}
        <JustStored image={image} />
        <PlatformTable image={image} />
        <ImageCommands
          place={{ ...installation, reference, digest, mirrorRepository: image.mirrorRepository }}
          isStored={image.storedAt !== null}
        />
        <ImageTree image={image} />
        <UseList
          uses={image.uses}
          refusal={refusal}
          declare={(use) => declareImage({ reference, ...use })}
          invalidates={[imageKeys.all]}
        />
        <DownloadPanels query={downloadsOf(id)} />
        <Panel title="What happened">
          <Timeline events={storyOf(image)} />
        </Panel>
      </DetailLayout>
    </>
  )
}

const NEWS_MS = 10 * 60_000

/** For whom waited here for it: what to do now. */
function JustStored({ image }: { image: ImageDetail }) {
  const now = useNow()
  const isNews = now && image.storedAt !== null && now.getTime() - Date.parse(image.storedAt) < NEWS_MS
  if (!isNews || image.state !== 'stored') return null
  return (
    <Notice tone="ok" title="Stored">
      All of it is here. Run again what was refused, or copy a command from below.
    </Notice>
  )
}

function Failure({ image }: { image: ImageDetail }) {
  return (
    <Notice tone="failed" title="The last fetch failed">
      <div className="flex flex-col items-start gap-2">
        <p className="break-words">{image.error ?? 'The registry gave no reason.'}</p>
        <Attempts file={image} />
        <p className="text-ink-muted text-xs">What has come stays; the next attempt fetches the rest.</p>
        <div className="flex flex-wrap gap-2">
          <RetryImage id={image.id} />
          {image.taskId !== null && (
            <Button size="small" href={`/tasks/${image.taskId}`}>
              Open the log
            </Button>
          )}
          {/^(unauthenticated|forbidden|upstream_refused)$/.test(image.errorCode ?? '') && (
            <Button size="small" href="/settings#registries">
              Credentials for registries
            </Button>
          )}
        </div>
      </div>
    </Notice>
  )
}
