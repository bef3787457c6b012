import { canonicalRegistry, registryOfSegment, repositoryIn, segmentOf } from '@/server/images/image-name'

/** The node of the own registry below which mirrored images are. */
const MIRROR = 'mirror'
const PREFIX = `/v2/${MIRROR}/`

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

/**
 * The node at which a repository of another registry is judged: the same by each name of that registry, and of that
 * repository, or a rule could be gone round by another of them.
 * @param asked the registry as a client names it, undefined where `name` is one below `mirror/`.
 */
export function mirrorNode({ namespace, name }: { namespace: string | undefined; name: string }): string {
  if (namespace !== undefined) return nodeIn(canonicalRegistry(namespace), name)
  const [, segment, ...rest] = name.split('/')
  return segment === undefined || rest.length === 0
    ? name
    : nodeIn(registryOfSegment(segment), rest.join('/'))
}

/** What no node can be named after has the rules of all mirrored images. */
function nodeIn(registry: string, repository: string): string {
  const segment = segmentOf(registry)
  return segment === undefined ? MIRROR : `${MIRROR}/${segment}/${repositoryIn(registry, repository)}`
}
