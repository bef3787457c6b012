'use client'

import { Copy, Ellipsis, ExternalLink, Hash, RotateCw, UserRoundPlus } from 'lucide-react'
import { imageKeys, retryImage } from '@/components/images/queries'
import { useRefusal, useViewer } from '@/components/providers/Viewer'
import { DropdownMenu, type MenuEntry } from '@/components/ui/DropdownMenu'
import { IconButton } from '@/components/ui/IconButton'
import { useCopy } from '@/components/ui/use-copy'
import { useAction } from '@/components/use-action'
import type { ImageSummary } from '@/server/images/schema'

/** What one can do with a row of the images list. */
export function ImageMenu({ image }: { image: ImageSummary }) {
  const { team } = useViewer()
  const { copy } = useCopy()
  const refusal = useRefusal('image.retry')
  const retry = useAction(retryImage, { success: 'Fetching it again now.', invalidates: [imageKeys.all] })
  const { id, reference, digest, state, teams } = image
  const entries: MenuEntry[] = [
    { label: 'Open', icon: ExternalLink, href: `/images/${id}` },
    { label: 'Copy the reference', icon: Copy, onSelect: () => copy(reference) },
    { label: 'Copy the digest', icon: Hash, onSelect: () => copy(digest) },
    'separator',
  ]
  if (state === 'failed') {
    entries.push({
      label: 'Fetch again now',
      icon: RotateCw,
      disabledReason: refusal,
      onSelect: () => retry.run({ id }),
    })
  }
  const isOurs = team !== undefined && teams.includes(team)
  entries.push({
    label: isOurs ? 'Add another use' : 'Add our use',
    icon: UserRoundPlus,
    href: `/images/declare?reference=${encodeURIComponent(reference)}`,
  })
  return (
    <DropdownMenu
      trigger={<IconButton size="small" icon={Ellipsis} label="More actions" />}
      entries={entries}
    />
  )
}
