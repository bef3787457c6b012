import type { UploadSummary } from '@/server/apt/uploads/schema'

/** What an upload is called: the source version it brings, or the file that tells of it. */
export function uploadTitle({ source, version, changesName }: UploadSummary): string {
  if (source !== null) return version === null ? source : `${source} ${version}`
  return changesName ?? 'Without a name yet'
}
