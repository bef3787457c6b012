import { findRepository } from '@/server/apt/repositories/find-repository'
import { repositorySubject } from '@/server/apt/repositories/settings'
import { needsApproval } from '@/server/apt/uploads/find-upload-branch'
import type { ImportInput } from '@/server/apt/uploads/schema'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise, system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Db, Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { parseUri } from '@/server/mirror/uri'
import { enqueueTasks } from '@/server/tasks/enqueue'
import { getTask } from '@/server/tasks/list-tasks'
import type { TaskDetail } from '@/server/tasks/schema'

/**
 * Begins the import of another repository: a task brings its packages into a branch, and an upload keeps the report.
 * @returns the task.
 * @throws AppError `forbidden` for who may not upload here, for anybody but administrators, and for a branch that takes
 *   approved requests alone; `not_found`; `invalid`.
 */
export async function startImport(
  ctx: Context,
  actor: Actor,
  { repo, dryRun, ...input }: ImportInput & { repo: string; dryRun?: boolean },
): Promise<TaskDetail> {
  authorise(actor, 'apt.import')
  const repository = await findRepository(ctx.db, repo)
  const branch = repository.branches.find(({ name }) => name === input.branch)
  if (branch === undefined)
    throw new AppError('not_found', `There is no branch “${input.branch}” in “${repo}”.`)
  if (branch.approvalRequired) throw needsApproval(branch.name)
  const from = input.url === undefined ? (input.directory as string) : parseUri(input.url).uri
  return transact(ctx, { dryRun }, async (tx) => {
    const upload = await tx.aptUpload.create({
      data: {
        ...{ repositoryId: repository.id, branch: branch.name, via: 'import' },
        ...{ userId: actor.userId, actorName: actor.name },
        importFrom: input as unknown as Prisma.InputJsonObject,
      },
    })
    const [taskId = ''] = await enqueueTasks(tx, [
      {
        ...{ kind: 'apt_import', title: `Import ${from} into ${repo}/${branch.name}`, ownerId: actor.userId },
        subject: { type: 'apt-upload', id: upload.id },
      },
    ])
    await recordAudit(tx, ctx, actor, {
      action: 'apt.import',
      subject: repositorySubject(repository),
      details: { upload: upload.id, branch: branch.name, from, reason: input.reason },
    })
    await notify(tx, { topic: 'apt', id: repository.id })
    // Who may import is shown the task, also with a token that may not read.
    return getTask({ ...ctx, db: tx as Db }, system, { id: taskId })
  })
}
