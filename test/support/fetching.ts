import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '@/server/context'
import type { Env } from '@/server/env'
import { fetchFileTask } from '@/server/mirror/fetch-file'
import { parseUri } from '@/server/mirror/uri'
import type { TaskProgress, TaskRun } from '@/server/tasks/task'

interface Declared {
  expectedIntegrity?: string
}

/** A declared file that waits to be fetched; only the row that a fetch needs. */
export async function declareRow(ctx: Context, text: string, declared: Declared = {}): Promise<string> {
  const { uri, host } = parseUri(text)
  const file = await ctx.db.file.create({ data: { uri, declaredUri: text, host, ...declared } })
  return file.id
}

interface FetchOptions {
  /** Settings that differ from the context's. */
  env?: Partial<Env>
  signal?: AbortSignal
  attempt?: number
  onProgress?: (progress: TaskProgress) => void
}

/** Runs one attempt of the fetch task as the runner would, and tells how it ended. */
export async function runFetch(
  ctx: Context,
  fileId: string,
  { env, signal, attempt = 1, onProgress }: FetchOptions = {},
) {
  const log: string[] = []
  const progress: TaskProgress[] = []
  const run: TaskRun = {
    id: '00000000-0000-7000-8000-000000000000',
    subjectId: fileId,
    attempt,
    signal: signal ?? new AbortController().signal,
    progress: (step) => {
      progress.push(step)
      onProgress?.(step)
    },
    log: async (message) => void log.push(message),
  }
  const world = env ? { ...ctx, env: { ...ctx.env, ...env } } : ctx
  const error = await fetchFileTask.run(world, run).then(
    () => undefined,
    (thrown: Error) => thrown,
  )
  const file = await ctx.db.file.findUniqueOrThrow({ where: { id: fileId } })
  return { error, file, log, progress }
}

/** Every file below the storage directory; drafts and bodies on their way in too. */
export async function storedPaths(ctx: Context): Promise<string[]> {
  const root = join(ctx.env.ENTREPOT_DATA, 'storage')
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}
