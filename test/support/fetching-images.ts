import { afterEach } from 'vitest'
import type { Context } from '@/server/context'
import type { Env } from '@/server/env'
import { fetchImageTask } from '@/server/images/fetch-image'
import { parseRegistry } from '@/server/images/image-name'
import type { TaskProgress, TaskRun } from '@/server/tasks/task'
import type { BuiltImage } from '@/test/support/build-image'
import { type Behaviour, startRegistry, type UpstreamRegistry } from '@/test/support/upstream-registry'

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

let seed = 0

/** Contents that no other test has stored. */
export function fresh(): string {
  seed += 1
  return `content ${seed} ${Math.random()}`
}

/** Registries with one image in `org/img`, and what is declared of them; all are closed after each test. */
export function fetchingImages(ctx: Context) {
  const opened: UpstreamRegistry[] = []
  afterEach(async () => {
    for (const registry of opened.splice(0)) await registry.close()
  })
  return {
    opened,
    async registryWith(image: BuiltImage, behaviour: Partial<Behaviour> = {}, tag?: string) {
      const registry = await startRegistry({ behaviour })
      opened.push(registry)
      registry.push('org/img', image, tag)
      return registry
    },
    declared({ name }: UpstreamRegistry, { digest }: { digest: string }, platforms: string[] = []) {
      return declareImageRow(ctx, { registry: name, repository: 'org/img', digest, platforms })
    },
  }
}
