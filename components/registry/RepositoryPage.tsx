'use client'

import dynamic from 'next/dynamic'
import { RepositoryView } from '@/components/registry/RepositoryView'

// The two are never shown at once; the one that is not shown is not loaded.
const ManifestView = dynamic(async () => (await import('@/components/registry/ManifestView')).ManifestView)

interface RepositoryPageProps {
  cluster: string
  name: string
  /** Digest or tag of the one to show instead of all. */
  manifest: string | undefined
  /** Base URL of the portal. */
  portal: string
}

/** A repository, or one of its manifests. */
export function RepositoryPage({ cluster, name, manifest, portal }: RepositoryPageProps) {
  if (manifest === undefined) return <RepositoryView cluster={cluster} name={name} portal={portal} />
  return <ManifestView cluster={cluster} name={name} reference={manifest} />
}
