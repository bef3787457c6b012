import type { Context } from '@/server/context'
import { LatestOnly } from '@/server/oci/hints/latest-only'
import { readHint } from '@/server/oci/hints/read-hints'
import { queueRebuild } from '@/server/oci/hints/rebuild-hints'
import { type HintedRepository, storeHints } from '@/server/oci/hints/store-hints'
import type { ClusterDocuments, HintDocument } from '@/server/storage/cluster-documents'
import type { Cluster } from '@/server/storage/clusters'

interface TagNews {
  repository: HintedRepository
  tag: string
  /** Of a cluster that decides itself: in whose name its document is changed. */
  clusterUser?: { token: string } | undefined
}

/** Documents with more tags are rewritten by a task, for many pushes at once: each would rewrite megabytes. */
const AT_ONCE = 500
const LATER_MS = 10_000

/** By installation, of which a process of the tests may have several. */
const writers = new WeakMap<Context['pool'], LatestOnly<HintDocument>>()

/**
 * Tells schedulers the layers of a tag that was pushed (origin 001). Called when the push is done; whatever goes wrong here
 * is logged and mended by a task, and never the push's fault.
 */
export async function noteTag(ctx: Context, cluster: Cluster, news: TagNews): Promise<void> {
  await orLater(ctx, cluster, news, async (documents) => {
    const { repository, tag, clusterUser } = news
    const hint = await readHint(ctx.db, cluster, { repositoryId: repository.id, tag })
    // Gone again meanwhile: whoever removed it says so as well.
    if (hint !== undefined) await documents.setTag(repository.name, tag, hint, clusterUser?.token)
  })
}

/** The same for a tag that was removed; the document goes with its last tag. */
export async function forgetTag(ctx: Context, cluster: Cluster, news: TagNews): Promise<void> {
  await orLater(ctx, cluster, news, async (documents) => {
    const { repository, tag, clusterUser } = news
    await documents.removeTag(repository.name, tag, clusterUser?.token)
    if (await hasMoreTags(ctx, repository.id, 0)) return
    await documents.replace(repository.name, undefined, clusterUser?.token)
    // One that was pushed between the two has lost its hint.
    if (await hasMoreTags(ctx, repository.id, 0)) await queueRebuild(ctx, repository)
  })
}

/** One change where the cluster keeps documents, and the whole document elsewhere. */
async function orLater(
  ctx: Context,
  cluster: Cluster,
  { repository, tag }: TagNews,
  change: (documents: ClusterDocuments) => Promise<void>,
): Promise<void> {
  try {
    if (cluster.documents) await change(cluster.documents)
    else if (await hasMoreTags(ctx, repository.id, AT_ONCE)) await queueRebuild(ctx, repository, LATER_MS)
    else await storeLatest(ctx, cluster, repository)
  } catch (error) {
    const what = { cluster: cluster.name, repository: repository.name, tag }
    ctx.log.warn({ err: error, ...what }, 'a layer hint was not stored')
    await queueRebuild(ctx, repository, LATER_MS).catch((failure) =>
      ctx.log.error({ err: failure, ...what }, 'a layer hint stays as it was'),
    )
  }
}

async function storeLatest(ctx: Context, cluster: Cluster, repository: HintedRepository): Promise<void> {
  const writer = writers.get(ctx.pool) ?? new LatestOnly<HintDocument>()
  writers.set(ctx.pool, writer)
  await writer.run(`${cluster.name} ${repository.name}`, () => storeHints(ctx, cluster, repository))
}

/** @param count of tags; whether there are more. */
async function hasMoreTags(ctx: Context, repositoryId: string, count: number): Promise<boolean> {
  const [found] = await ctx.db.$queryRaw<unknown[]>`
    SELECT 1 FROM tags WHERE repository_id = ${repositoryId}::uuid OFFSET ${count} LIMIT 1`
  return found !== undefined
}
