'use client'

import { Copy, Ellipsis, ExternalLink, Hash, Trash2 } from 'lucide-react'
import { fullReference } from '@/components/registry/commands'
import { manifestHref } from '@/components/registry/places'
import { DropdownMenu } from '@/components/ui/DropdownMenu'
import { IconButton } from '@/components/ui/IconButton'
import { useCopy } from '@/components/ui/use-copy'
import type { RepositoryDetail, TagSummary } from '@/server/oci/schema'

interface TagMenuProps {
  repository: RepositoryDetail
  tag: TagSummary
  /** Asks before it is deleted. */
  onRemove: () => void
}

/** What one can do with a row of the tags. */
export function TagMenu({ repository, tag, onRemove }: TagMenuProps) {
  const { may, immutableTags } = repository
  const { copy } = useCopy()
  const reference = (to: string) => fullReference({ ...repository, reference: to })
  return (
    <DropdownMenu
      trigger={<IconButton size="small" icon={Ellipsis} label={`Actions for ${tag.name}`} />}
      entries={[
        { label: 'Open', icon: ExternalLink, href: manifestHref(repository, tag.name) },
        { label: 'Copy the reference', icon: Copy, onSelect: () => copy(reference(tag.name)) },
        { label: 'Copy it by digest', icon: Hash, onSelect: () => copy(reference(tag.digest)) },
        'separator',
        {
          label: 'Delete the tag',
          icon: Trash2,
          danger: true,
          disabledReason: may.remove.allowed
            ? immutableTags
              ? 'Its tags are immutable.'
              : undefined
            : may.remove.reason,
          onSelect: onRemove,
        },
      ]}
    />
  )
}
