import { canonicalRegistry } from '@/server/images/image-name'
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

/** What a refused URL asked for, if it is one of a manifest: the reference is a digest or a tag. */
export function manifestOfUrl(
  url: string,
): { registry: string; repository: string; reference: string } | undefined {
  const [, host, repository, reference] =
    /^https?:\/\/([^/]+)\/v2\/([^?]+)\/manifests\/([^/?]+)$/.exec(url) ?? []
  if (host === undefined || repository === undefined || reference === undefined) return undefined
  return { registry: canonicalRegistry(host), repository, reference: reference.replace(/%3A/i, ':') }
}
