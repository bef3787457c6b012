import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import { idOfCursor, pageOf } from '@/server/http/cursor'
import type { Task, TaskDetail, TaskQuery } from '@/server/tasks/schema'

const LOG_LINES = 500

const withOwner = { owner: { select: { id: true, name: true } } } satisfies Prisma.TaskInclude
type TaskRow = Prisma.TaskGetPayload<{ include: typeof withOwner }>

/** Tasks, newest first, filtered by state, kind, subject and a part of the title. */
export async function listTasks(ctx: Context, actor: Actor, query: TaskQuery) {
  authorise(actor, 'task.read')
  const after = query.cursor === undefined ? undefined : idOfCursor(query.cursor)
  const where: Prisma.TaskWhereInput = {
    ...(query.state && { state: query.state }),
    ...(query.kind && { kind: query.kind }),
    ...(query.subjectId && { subjectId: query.subjectId }),
    ...(query.q && { title: { contains: query.q, mode: 'insensitive' } }),
    ...(after && { id: { lt: after } }),
  }
  const rows = await ctx.db.task.findMany({
    where,
    include: withOwner,
    orderBy: { id: 'desc' },
    take: query.limit + 1,
  })
  return pageOf(rows, query.limit, { key: (row) => [row.id], item: presentTask })
}

/** One task with the last lines of its log. @throws AppError `not_found`. */
export async function getTask(ctx: Context, actor: Actor, { id }: { id: string }): Promise<TaskDetail> {
  authorise(actor, 'task.read')
  const row = await ctx.db.task.findUnique({
    where: { id },
    include: { ...withOwner, log: { orderBy: { id: 'desc' }, take: LOG_LINES } },
  })
  if (!row) throw new AppError('not_found', 'There is no such task.')
  const log = row.log.reverse().map((line) => ({
    id: Number(line.id),
    at: line.at.toISOString(),
    level: line.level as 'info' | 'warn' | 'error',
    message: line.message,
  }))
  return { ...presentTask(row), log }
}

function presentTask(row: TaskRow): Task {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    state: row.state,
    progress: {
      done: Number(row.done),
      total: row.total === null ? null : Number(row.total),
      unit: row.unit,
      step: row.step,
    },
    owner: row.owner,
    subject: row.subjectType && row.subjectId ? { type: row.subjectType, id: row.subjectId } : null,
    error: row.error,
    attempts: row.attempts,
    cancelRequested: row.cancelRequestedAt !== null,
    runAt: row.runAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }
}
