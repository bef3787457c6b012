import type { ImageName } from '@/server/mirror/image-reference'

/**
 * The one URL under which a refused request for a manifest is recorded, by whichever name of the registry it came.
 * @param reference digest or tag.
 */
export function manifestUrl(registry: string, repository: string, reference: string): string {
  return `https://${registry}/v2/${repository}/manifests/${reference}`
}

/** URLs whose misses a declaration answers: the digest's, and those of tags that are known to have had it. */
export function urlsOf({ registry, repository, digest }: ImageName, tags: readonly string[]): string[] {
  return [digest, ...tags].map((reference) => manifestUrl(registry, repository, reference))
}
