import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea } from '@/server/api/plumbing'
import { searchQuery, searchResult } from '@/server/apt/packages/schema'
import { searchPackages } from '@/server/apt/packages/search-packages'

export const aptSearchApi = apiArea().openapi(
  createRoute({
    method: 'get',
    path: '/',
    tags: ['Debian repositories'],
    summary: 'Find packages in every repository, in the shape that release tools of dist read',
    description:
      '`environment` is the branch. `strict=true` asks for this very name; at most 1,000 lines are answered.',
    request: { query: searchQuery },
    responses: answers(200, searchResult, 'Where packages of this name are'),
  }),
  async (c) => c.json(await searchPackages(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
)
