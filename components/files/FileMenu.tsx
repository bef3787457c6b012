'use client'

import { Archive, Copy, Ellipsis, ExternalLink, Hash, RotateCw, UserRoundPlus } from 'lucide-react'
import { fileKeys, retryFile } from '@/components/files/queries'
import { useRefusal, useViewer } from '@/components/providers/Viewer'
import { DropdownMenu, type MenuEntry } from '@/components/ui/DropdownMenu'
import { IconButton } from '@/components/ui/IconButton'
import { useCopy } from '@/components/ui/use-copy'
import { useAction } from '@/components/use-action'
import type { FileSummary } from '@/server/mirror/schema'

interface FileMenuProps {
  file: FileSummary
  /** Asks before the team's use is retired. */
  onRetire: () => void
}

/** What one can do with a row of the files list. */
export function FileMenu({ file, onRetire }: FileMenuProps) {
  const { team } = useViewer()
  const { copy } = useCopy()
  const retryRefusal = useRefusal('file.retry')
  const useRefused = useRefusal('use.change')
  const retry = useAction(retryFile, { success: 'Fetching it again now.', invalidates: [fileKeys.all] })
  const { id, uri, sha256, state, teams } = file
  const isOurs = team !== undefined && teams.includes(team)
  const entries: MenuEntry[] = [
    { label: 'Open', icon: ExternalLink, href: `/files/${id}` },
    { label: 'Copy the URL', icon: Copy, onSelect: () => copy(uri) },
  ]
  if (sha256 !== null) entries.push({ label: 'Copy the SHA-256', icon: Hash, onSelect: () => copy(sha256) })
  entries.push('separator')
  if (state === 'failed') {
    entries.push({
      label: 'Fetch again now',
      icon: RotateCw,
      disabledReason: retryRefusal,
      onSelect: () => retry.run({ id }),
    })
  }
  entries.push(
    isOurs
      ? {
          label: 'Retire our use',
          icon: Archive,
          danger: true,
          disabledReason: useRefused,
          onSelect: onRetire,
        }
      : { label: 'Add our use', icon: UserRoundPlus, href: `/files/declare?url=${encodeURIComponent(uri)}` },
  )
  return (
    <DropdownMenu
      trigger={<IconButton size="small" icon={Ellipsis} label="More actions" />}
      entries={entries}
    />
  )
}
