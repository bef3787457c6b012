import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea } from '@/server/api/plumbing'
import { readOverview } from '@/server/api/read-overview'
import { overview } from '@/server/api/schema'

export const overviewApi = apiArea().openapi(
  createRoute({
    method: 'get',
    path: '/',
    tags: ['Overview'],
    summary: 'The numbers of the dashboard',
    responses: answers(200, overview, 'The overview'),
  }),
  async (c) => c.json(await readOverview(c.var.ctx, c.var.actor), 200),
)
