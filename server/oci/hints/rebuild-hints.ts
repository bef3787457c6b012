import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { decideNode } from '@/server/oci/access/decide-node'
import type { NodePermission } from '@/server/oci/access/schema'
import { readHints } from '@/server/oci/hints/read-hints'
import { type HintedRepository, storeHints } from '@/server/oci/hints/store-hints'
import type { HintDocument } from '@/server/storage/cluster-documents'
import { enqueueTasks } from '@/server/tasks/enqueue'
import { RetryLater, type TaskDefinition } from '@/server/tasks/task'

const KIND = 'registry.hints'
const FIRST_RETRY_MS = 30_000
const LAST_RETRY_MS = 3_600_000
const ATTEMPTS = 20
const PASSING: readonly string[] = ['unavailable', 'storage_full', 'internal']

interface Named {
  /** Of a cluster. */
  cluster: string
  /** Of a repository. */
  name: string
}

/** Stores the document of a repository anew, in the storage's own name. Its subject is the repository. */
export const rebuildHintsTask: TaskDefinition = {
  kind: KIND,
  async run(ctx, { subjectId, attempt }) {
    const repository = await ctx.db.repository.findUnique({ where: { id: subjectId } })
    if (!repository) return
    try {
      await storeHints(ctx, ctx.clusters.named(repository.cluster), repository)
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'internal'
      if (attempt >= ATTEMPTS || !PASSING.includes(code)) throw error
      const delay = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS)
      const at = new Date(ctx.now().getTime() + delay)
      throw new RetryLater(
        at,
        error instanceof AppError ? error.message : 'The hints were not stored.',
        error,
      )
    }
  },
}

/**
 * Has a task rebuild the document of a repository, unless one waits to do so already.
 * @param delayMs so that it serves those as well who come until then.
 */
export async function queueRebuild(ctx: Context, { id, name }: HintedRepository, delayMs = 0): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const lock = `hints queue ${id}`
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`
    const waiting = await tx.task.findFirst({ where: { kind: KIND, subjectId: id, state: 'waiting' } })
    if (waiting) return
    const runAt = new Date(ctx.now().getTime() + delayMs)
    const subject = { type: 'repository', id }
    const title = `Store the layer hints of ${name}`
    await enqueueTasks(tx, [{ kind: KIND, title, ownerId: null, subject, queue: `hints:${id}`, runAt }])
  })
}

/**
 * The document of a repository, as it is or should be stored beside it.
 * @throws AppError `forbidden` with the reason, `not_found`.
 */
export async function getHints(
  ctx: Context,
  actor: Actor,
  { cluster: of, name }: Named,
): Promise<HintDocument> {
  authorise(actor, 'registry.pull')
  const cluster = ctx.clusters.named(of)
  const repository = await permitted(ctx, actor, 'read', { cluster: of, name })
  return readHints(ctx.db, cluster, repository.id)
}

/**
 * Stores the document of a repository anew, now.
 * @returns the document; a rehearsal stores nothing.
 * @throws AppError `forbidden` with the reason, `not_found`; `unavailable` when the storage does not take it.
 */
export async function rebuildHints(
  ctx: Context,
  actor: Actor,
  { cluster: of, name, dryRun }: Named & { dryRun?: boolean },
): Promise<HintDocument> {
  authorise(actor, 'registry.push')
  const cluster = ctx.clusters.named(of)
  const repository = await permitted(ctx, actor, 'write', { cluster: of, name })
  if (dryRun) return readHints(ctx.db, cluster, repository.id)
  const document = await storeHints(ctx, cluster, repository)
  await ctx.db.$transaction((tx) =>
    recordAudit(tx, ctx, actor, {
      action: 'registry.rebuildHints',
      subject: { type: 'repository', id: repository.id, name },
      details: { cluster: of, tags: Object.keys(document).length },
    }),
  )
  return document
}

async function permitted(
  ctx: Context,
  actor: Actor,
  permission: NodePermission,
  { cluster, name }: Named,
): Promise<HintedRepository> {
  const { allowed, reason } = await decideNode(
    ctx,
    ctx.clusters.named(cluster),
    { actor, grants: 'all' },
    permission,
    name,
  )
  if (!allowed) throw new AppError('forbidden', reason)
  const found = await ctx.db.repository.findUnique({ where: { cluster_name: { cluster, name } } })
  if (!found) throw new AppError('not_found', `There is no repository “${name}” in ${cluster}.`)
  return found
}
