import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea } from '@/server/api/plumbing'
import { idParam, page } from '@/server/http/schema'
import { cancelTask } from '@/server/tasks/cancel-task'
import { getTask, listTasks } from '@/server/tasks/list-tasks'
import { task, taskDetail, taskQuery } from '@/server/tasks/schema'
import { taskEvents } from '@/server/tasks/task-events'

const tags = ['Tasks']

export const tasksApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List tasks, newest first',
      request: { query: taskQuery },
      responses: answers(200, page(task), 'A page of tasks'),
    }),
    async (c) => c.json(await listTasks(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      summary: 'Read one task with its log',
      request: { params: idParam },
      responses: answers(200, taskDetail, 'The task'),
    }),
    async (c) => c.json(await getTask(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{id}/cancel',
      tags,
      summary: 'Cancel a waiting or running task',
      request: { params: idParam },
      responses: answers(202, taskDetail, 'The task, cancelled or about to be'),
    }),
    async (c) => c.json(await cancelTask(c.var.ctx, c.var.actor, c.req.valid('param')), 202),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}/events',
      tags,
      summary: 'Follow a task as server-sent events',
      request: { params: idParam },
      responses: {
        200: {
          description: 'Events `task`, each with the task as data',
          content: { 'text/event-stream': {} },
        },
      },
    }),
    (c) => taskEvents(c.var, c.req.valid('param'), c.req.raw.signal),
  )
