import { z } from 'zod'
import { instant, pageQuery } from '@/server/http/schema'

export const taskState = z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled'])
export type TaskState = z.infer<typeof taskState>

export const progress = z.object({
  done: z.number(),
  /** Null while the end is not known. */
  total: z.number().nullable(),
  unit: z.string().nullable(),
  step: z.string().nullable(),
})

export const task = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    title: z.string(),
    state: taskState,
    progress,
    owner: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    subject: z.object({ type: z.string(), id: z.uuid() }).nullable(),
    error: z.string().nullable(),
    attempts: z.number().int(),
    cancelRequested: z.boolean(),
    /** When a waiting task runs next. */
    runAt: instant,
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Task' })
export type Task = z.infer<typeof task>

export const taskLogLine = z.object({
  id: z.number().int(),
  at: instant,
  level: z.enum(['info', 'warn', 'error']),
  message: z.string(),
})
export type TaskLogLine = z.infer<typeof taskLogLine>

/** One task with its log; also the data of each server-sent event of `/tasks/<id>/events`. */
export const taskDetail = task.extend({ log: z.array(taskLogLine) }).meta({ id: 'TaskDetail' })
export type TaskDetail = z.infer<typeof taskDetail>

export const taskQuery = pageQuery.extend({
  q: z.string().max(200).optional(),
  state: taskState.optional(),
  kind: z.string().max(60).optional(),
  subjectId: z.uuid().optional(),
})
export type TaskQuery = z.infer<typeof taskQuery>
