import type { Context } from '@/server/context'
import type { RegistryView } from '@/server/oci/browse/view'

/** Repositories that are tried for one blob, and told. */
const MAX_TRIED = 60
const MAX_TOLD = 20

/**
 * The other repositories that have a blob, by its digest: those that the person may read, for that another team has these very
 * bytes is not everybody's business.
 */
export async function sharedWith(
  ctx: Context,
  view: RegistryView,
  { repositoryId, digests }: { repositoryId: string; digests: readonly string[] },
): Promise<Map<string, string[]>> {
  const rows = await ctx.db.$queryRaw<{ digest: string; name: string }[]>`
    SELECT wanted.digest, other.name FROM unnest(${digests}::text[]) AS wanted(digest) CROSS JOIN LATERAL (
      SELECT r.name FROM repository_blobs rb JOIN repositories r ON r.id = rb.repository_id
      WHERE rb.cluster = ${view.cluster.name} AND rb.digest = wanted.digest AND rb.repository_id <> ${repositoryId}::uuid
      LIMIT ${MAX_TRIED}) AS other
    ORDER BY other.name`
  const open = await view.readable([...new Set(rows.map(({ name }) => name))])
  const shared = new Map<string, string[]>()
  for (const { digest, name } of rows) {
    const names = shared.get(digest) ?? []
    if (open.has(name) && names.length < MAX_TOLD) shared.set(digest, [...names, name])
  }
  return shared
}
