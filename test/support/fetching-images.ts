import type { Context } from '@/server/context'
import type { Env } from '@/server/env'
import { fetchImageTask } from '@/server/images/fetch-image'
import { parseRegistry } from '@/server/images/image-name'
import type { TaskProgress, TaskRun } from '@/server/tasks/task'

interface Declared {
  registry: string
  repository: string
  digest: string
  platforms?: string[]
}

/** A declared image that waits to be fetched; only the row that a fetch needs. */
export async function declareImageRow(ctx: Context, declared: Declared): Promise<string> {
  const registry = parseRegistry(declared.registry)
  const image = await ctx.db.image.create({ data: { platforms: [], ...declared, registry } })
  return image.id
}

interface FetchOptions {
  /** Settings that differ from the context's. */
  env?: Partial<Env>
  signal?: AbortSignal
  attempt?: number
  onProgress?: (progress: TaskProgress) => void
}

/** Runs one attempt of the fetch task as the runner would, and tells how it ended. */
export async function runImageFetch(
  ctx: Context,
  imageId: string,
  { env, signal, attempt = 1, onProgress }: FetchOptions = {},
) {
  const log: string[] = []
  const progress: TaskProgress[] = []
  const run: TaskRun = {
    id: '00000000-0000-7000-8000-000000000000',
    subjectId: imageId,
    attempt,
    signal: signal ?? new AbortController().signal,
    progress: (step) => {
      progress.push(step)
      onProgress?.(step)
    },
    log: async (message) => void log.push(message),
  }
  const world = env ? { ...ctx, env: { ...ctx.env, ...env } } : ctx
  const error = await fetchImageTask.run(world, run).then(
    () => undefined,
    (thrown: Error) => thrown,
  )
  const image = await ctx.db.image.findUniqueOrThrow({
    where: { id: imageId },
    include: { parts: { orderBy: { position: 'asc' } }, tags: { orderBy: { name: 'asc' } } },
  })
  return { error, image, log, progress }
}
