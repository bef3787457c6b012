'use client'

import type { RepositoryDetail } from '@/server/oci/schema'

/** What a scheduler is told of the tags: where their layers lie. */
export function Hints({ repository }: { repository: RepositoryDetail }) {
  return <p>{repository.name}</p>
}
