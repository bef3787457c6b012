import { HOT_BLOB_SIZE, type HotBlobs } from '@/server/blobs/hot-blobs'
import type { Context } from '@/server/context'
import type { Answer } from '@/server/http/answer'
import { chain, type Eventually } from '@/server/http/eventually'
import { represent } from '@/server/http/represent'
import type { RequestFields } from '@/server/http/request-fields'
import type { Caller } from '@/server/oci/access/caller'
import type { NodeAccess } from '@/server/oci/access/decide-node'
import { jsonAnswer } from '@/server/oci/answers'
import { RegistryFault } from '@/server/oci/faults'
import type { Found, FoundContent, RegistryFinder } from '@/server/oci/find-content'
import { listReferrers } from '@/server/oci/list-referrers'
import { listRepositories } from '@/server/oci/list-repositories'
import { listTags } from '@/server/oci/list-tags'
import { OCI_INDEX } from '@/server/oci/media-types'
import { linkTo, pageOf } from '@/server/oci/page'
import type { RegistryRoute } from '@/server/oci/route'
import type { Cluster } from '@/server/storage/clusters'

export interface ReadParts {
  ctx: Context
  finder: Pick<RegistryFinder, 'manifest' | 'blob'>
  hot: Pick<HotBlobs, 'get' | 'load'>
  access: Pick<NodeAccess, 'decide'>
}

export interface Reading<Kind extends RegistryRoute['kind']> {
  method: 'GET' | 'HEAD'
  fields: RequestFields
  cluster: Cluster
  caller: Caller
  route: Extract<RegistryRoute, { kind: Kind }>
}

/** A manifest by tag or digest, from memory: this is what most requests to a registry are. */
export function answerManifest(
  { method, fields, cluster, route }: Reading<'manifest'>,
  { finder }: ReadParts,
): Eventually<Answer> {
  return chain(finder.manifest(cluster, route.name, route.reference), (found) => {
    const { representation, content } = present(found, route.name, () =>
      unknownManifest(route.name, route.reference),
    )
    return represent({ method, fields, content }, representation)
  })
}

/** A blob, or ranges of it. */
export function answerBlob(
  { method, fields, cluster, route }: Reading<'blob'>,
  { finder, hot }: ReadParts,
): Eventually<Answer> {
  return chain(finder.blob(cluster, route.name, route.digest), (found) => {
    const { representation } = present(found, route.name, () => unknownBlob(route.digest))
    refuseReversedRange(fields.range)
    const { key, size } = representation
    if (size > HOT_BLOB_SIZE || method === 'HEAD') return represent({ method, fields }, representation)
    const content = hot.get(key)
    if (content !== undefined) return represent({ method, fields, content }, representation)
    return hot
      .load(representation)
      .then((loaded) => represent({ method, fields, content: loaded }, representation))
  })
}

/** A page of the tags of a repository. */
export async function answerTags(
  { cluster, route: { name, query } }: Reading<'tags'>,
  { ctx }: ReadParts,
): Promise<Answer> {
  const page = pageOf(query)
  const { tags, more } = await listTags(ctx, cluster, { name, ...page })
  const last = tags.at(-1)
  const next = { n: String(page.limit), last: last ?? '' }
  const headers = more && last !== undefined ? linkTo(`/v2/${name}/tags/list`, next) : []
  return jsonAnswer({ name, tags }, { headers })
}

/** A page of the repositories that the caller may read. */
export async function answerCatalog(
  { cluster, caller, route: { query } }: Reading<'catalog'>,
  { ctx, access }: ReadParts,
): Promise<Answer> {
  const page = pageOf(query)
  const { repositories, more } = await listRepositories(ctx, cluster, caller, access, page)
  const last = repositories.at(-1)
  const next = { n: String(page.limit), last: last ?? '' }
  const headers = more && last !== undefined ? linkTo('/v2/_catalog', next) : []
  return jsonAnswer({ repositories }, { headers })
}

/** What refers to a digest; an empty index when nothing does, or nothing is there. */
export async function answerReferrers(
  { cluster, route: { name, digest, query } }: Reading<'referrers'>,
  { ctx }: ReadParts,
): Promise<Answer> {
  const artifactType = query.get('artifactType')
  const asked = { name, digest, artifactType, after: query.get('last') ?? '' }
  const { index, next } = await listReferrers(ctx, cluster, asked)
  const filter: Record<string, string> = artifactType === null ? {} : { artifactType }
  const path = `/v2/${name}/referrers/${digest}`
  const headers = [
    ...(artifactType === null ? [] : ['OCI-Filters-Applied', 'artifactType']),
    ...(next === undefined ? [] : linkTo(path, { ...filter, last: next })),
  ]
  return jsonAnswer(index, { type: OCI_INDEX, headers })
}

/** The ping: “here is a registry, and you are let in”. */
export function answerBase(): Answer {
  return jsonAnswer({})
}

function present(found: Found, name: string, unknown: () => RegistryFault): FoundContent {
  if (found.state === 'found') return found
  throw found.repository ? unknown() : new RegistryFault('NAME_UNKNOWN', `There is no repository “${name}”.`)
}

function unknownManifest(name: string, reference: string): RegistryFault {
  return new RegistryFault('MANIFEST_UNKNOWN', `${name} has no manifest ${reference}.`, { reference })
}

function unknownBlob(digest: string): RegistryFault {
  return new RegistryFault('BLOB_UNKNOWN', `The repository has no blob ${digest}.`, { digest })
}

/** RFC 9110 would have such a range ignored; registries refuse it (OCI distribution-spec 1.1, “Pulling blobs”). */
function refuseReversedRange(range: string | undefined): void {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(range?.trim() ?? '') ?? []
  if (first !== undefined && Number(last) < Number(first)) {
    throw new RegistryFault('RANGE_INVALID', `The range “${range}” ends before it begins.`)
  }
}
