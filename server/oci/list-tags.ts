import type { Context } from '@/server/context'
import { RegistryFault } from '@/server/oci/faults'
import type { PageQuery } from '@/server/oci/page'
import type { Cluster } from '@/server/storage/clusters'

export interface TagPage {
  tags: string[]
  /** Others follow. */
  more: boolean
}

interface Row {
  id: string
  tags: string[]
}

/** One statement: this list is read from its index alone, however many tags there are. */
const LIST = `
  SELECT r.id, ARRAY(
    SELECT t.name FROM tags t WHERE t.repository_id = r.id AND t.name > $3 COLLATE "C" ORDER BY t.name LIMIT $4
  ) AS tags
  FROM repositories r WHERE r.cluster = $1 AND r.name = $2`

/**
 * The tags of a repository in the order of their bytes.
 * @throws RegistryFault `NAME_UNKNOWN`.
 */
export async function listTags(
  ctx: Context,
  cluster: Cluster,
  { name, last, limit }: PageQuery & { name: string },
): Promise<TagPage> {
  const values = [cluster.name, name, last, limit === 0 ? 0 : limit + 1]
  const { rows } = await ctx.pool.query<Row>({ name: 'list-registry-tags', text: LIST, values })
  const [found] = rows
  if (found === undefined) throw new RegistryFault('NAME_UNKNOWN', `There is no repository “${name}”.`)
  const more = found.tags.length > limit
  return { tags: more ? found.tags.slice(0, limit) : found.tags, more }
}
