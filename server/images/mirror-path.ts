import { registryOfSegment } from '@/server/images/image-name'

const PREFIX = '/v2/mirror/'

/**
 * What a target below `/v2/mirror/` of the own registry asks for: `/v2/mirror/quay.io/org/img/manifests/sha256:…` is quay.io's
 * `/v2/org/img/manifests/sha256:…`. A port follows its host after `__`: `registry.example.org__5000`.
 * @returns undefined for all other targets.
 */
export function mirrorTarget(target: string): { registry: string; target: string } | undefined {
  if (!target.startsWith(PREFIX)) return undefined
  const slash = target.indexOf('/', PREFIX.length)
  if (slash < 0) return undefined
  const registry = registryOfSegment(target.slice(PREFIX.length, slash))
  return { registry, target: `/v2/${target.slice(slash + 1)}` }
}
