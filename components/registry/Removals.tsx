'use client'

import { useRouter } from 'next/navigation'
import { shortDigest } from '@/components/registry/kinds'
import { nodeHref, repositoryHref } from '@/components/registry/places'
import { registryKeys, removeManifest, removeRepository, removeTag } from '@/components/registry/queries'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { formatCount, formatSize } from '@/components/ui/format'
import { useAction } from '@/components/use-action'
import type { ManifestDetail, RepositoryDetail, TagSummary } from '@/server/oci/schema'

interface RemoveTagProps {
  repository: RepositoryDetail
  tag: TagSummary
  onClose: () => void
}

/** Has the tag's name typed, and deletes it. */
export function RemoveTag({ repository: { cluster, name }, tag, onClose }: RemoveTagProps) {
  const remove = useAction(removeTag, {
    faults: 'form',
    success: `The tag ${tag.name} is gone.`,
    invalidates: [registryKeys.all],
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Delete a tag"
      lost={`Nobody can pull ${name}:${tag.name} any more.`}
      kept={`What it led to stays, and can be pulled as ${shortDigest(tag.digest)}.`}
      name={tag.name}
      verb="Delete the tag"
      pending={remove.pending}
      error={remove.error}
      onConfirm={() => remove.run({ cluster, name, tag: tag.name })}
    />
  )
}

/** Has the first digits of the digest typed, and deletes the manifest with its tags. */
export function RemoveManifest({ manifest, onClose }: { manifest: ManifestDetail; onClose: () => void }) {
  const router = useRouter()
  const { cluster, name, digest, tags, parents } = manifest
  const remove = useAction(removeManifest, {
    faults: 'form',
    success: 'The manifest is gone.',
    onSuccess: () => router.push(repositoryHref({ cluster, name })),
    invalidates: [registryKeys.all],
  })
  const hex = digest.slice(digest.indexOf(':') + 1).slice(0, 12)
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Delete a manifest"
      lost={
        tags.length === 0
          ? 'Nobody can pull it by its digest any more.'
          : `Nobody can pull it any more, by its digest or as ${tags.slice(0, 5).join(', ')}.`
      }
      kept={
        parents.length === 0
          ? 'Layers that other manifests have stay.'
          : 'Layers that other manifests have stay. An index that names it stays too, and lacks this platform.'
      }
      name={hex}
      verb="Delete the manifest"
      pending={remove.pending}
      error={remove.error}
      onConfirm={() => remove.run({ cluster, name, digest })}
    />
  )
}

interface RemoveRepositoryProps {
  repository: RepositoryDetail
  onClose: () => void
}

/** Has the repository's name typed, and deletes it with all that is in it. */
export function RemoveRepository({ repository, onClose }: RemoveRepositoryProps) {
  const router = useRouter()
  const { cluster, name, tags, manifests, ownBytes } = repository
  const remove = useAction(removeRepository, {
    faults: 'form',
    success: `${name} is gone.`,
    onSuccess: () =>
      router.push(nodeHref(cluster, name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '')),
    invalidates: [registryKeys.clusters, ['registry', 'nodes'], ['registry', 'repositories']],
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Delete a repository"
      lost={`Its ${formatCount(tags)} ${tags === 1 ? 'tag' : 'tags'} and ${formatCount(manifests)} ${manifests === 1 ? 'manifest' : 'manifests'} are gone for everybody, and ${formatSize(ownBytes)} that nobody else has.`}
      kept="Layers that other repositories have stay. The rules of the node stay."
      name={name}
      verb="Delete the repository"
      pending={remove.pending}
      error={remove.error}
      onConfirm={() => remove.run({ cluster, name })}
    />
  )
}
