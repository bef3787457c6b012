import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { notify } from '@/server/events'
import { discoverTree } from '@/server/images/discover'
import { discoverReferrers } from '@/server/images/discover-referrers'
import { fetchParts } from '@/server/images/fetch-parts'
import { finishImage } from '@/server/images/finish-image'
import { keepTree } from '@/server/images/keep-tree'
import { RegistryClient } from '@/server/images/registry-client'
import { settleFetch } from '@/server/mirror/settle-fetch'
import type { TaskDefinition, TaskRun } from '@/server/tasks/task'

/**
 * Fetches a declared image with all that belongs to it; its subject is the image. First its manifests are read, and those
 * that are about it, so that it is known what is to come; then its configs and layers come; at the end all becomes visible
 * at once. The image shows at any time what is true. Every part that is stored is kept, whatever happens: another run goes
 * on from there.
 */
export const fetchImageTask: TaskDefinition = {
  kind: 'fetch_image',
  async run(ctx, run) {
    const image = await begin(ctx, run.subjectId)
    if (!image) return
    try {
      await fetchAll(ctx, run, image)
    } catch (error) {
      throw await settleFetch(ctx, run, error, (setback) => change(ctx, run.subjectId, setback))
    }
  },
  async cancelled(ctx, imageId) {
    await change(ctx, imageId, { state: 'failed', errorCode: 'cancelled', error: 'The fetch was cancelled.' })
  },
}

type ImageRow = NonNullable<Awaited<ReturnType<typeof begin>>>

/** Undefined when there is nothing to fetch. A run that died left `fetching` behind: that is taken up again. */
async function begin(ctx: Context, id: string) {
  const [image] = await ctx.db.image.updateManyAndReturn({
    where: { id, state: { not: 'stored' } },
    data: {
      state: 'fetching',
      attempts: { increment: 1 },
      nextAttemptAt: null,
      errorCode: null,
      error: null,
    },
    select: { id: true, registry: true, repository: true, digest: true, platforms: true, mediaType: true },
  })
  if (image) await notify(ctx.db, { topic: 'image', id })
  return image
}

async function fetchAll(ctx: Context, run: TaskRun, image: ImageRow): Promise<void> {
  const { id: imageId, registry, repository } = image
  run.progress({ step: 'Reading the manifests', done: 0, total: null, unit: 'bytes' })
  const client = await RegistryClient.open(ctx, { registry, repository, signal: run.signal })
  const tree = await discoverTree(ctx, client, image)
  await keepTree(ctx, imageId, tree)
  run.progress({ step: 'Looking for signatures' })
  await discoverReferrers({ ctx, client, tree, warn: (message) => run.log(message, 'warn') })
  await keepTree(ctx, imageId, tree)
  await fetchParts(ctx, { imageId, registry, client, tree, run })
  await finishImage(ctx, image, tree)
}

/** A stored image is never touched, whoever comes late. */
async function change(ctx: Context, id: string, data: Prisma.ImageUpdateManyMutationInput): Promise<void> {
  await ctx.db.image.updateMany({
    where: { id, state: { in: ['pending', 'fetching'] } },
    data: { nextAttemptAt: null, ...data },
  })
  await notify(ctx.db, { topic: 'image', id })
}
