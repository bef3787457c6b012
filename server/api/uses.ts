import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, ifMatchHeader, jsonBody } from '@/server/api/plumbing'
import { dryRunQuery, idParam, page } from '@/server/http/schema'
import { changeUse } from '@/server/mirror/change-use'
import { getUse, listUses } from '@/server/mirror/list-uses'
import { retireUse } from '@/server/mirror/retire-use'
import { retireInput, use, useChange, useQuery, useSummary } from '@/server/mirror/schema'
import { tagOfUse } from '@/server/mirror/tags'

const tags = ['Uses']

export const usesApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List the uses in force, those of the newest file or image first',
      request: { query: useQuery },
      responses: answers(200, page(useSummary), 'A page of uses'),
    }),
    async (c) => c.json(await listUses(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      summary: 'Read one use',
      request: { params: idParam },
      responses: answers(200, use, 'The use'),
    }),
    async (c) => {
      const found = await getUse(c.var.ctx, c.var.actor, c.req.valid('param'))
      return c.json(found, 200, { etag: tagOfUse(found) })
    },
  )
  .openapi(
    createRoute({
      method: 'patch',
      path: '/{id}',
      tags,
      summary: 'Change the reason, project or licence of a use',
      request: { ...jsonBody(useChange), params: idParam, query: dryRunQuery, headers: ifMatchHeader },
      responses: answers(200, use, 'The use'),
    }),
    async (c) => {
      const ifMatch = c.req.valid('header')['if-match']
      const change = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query'), ifMatch }
      const changed = await changeUse(c.var.ctx, c.var.actor, change)
      return c.json(changed, 200, { etag: tagOfUse(changed) })
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{id}/retire',
      tags,
      summary: 'End a use; the bytes stay stored and served',
      request: { ...jsonBody(retireInput), params: idParam, query: dryRunQuery, headers: ifMatchHeader },
      responses: answers(200, use, 'The use, retired'),
    }),
    async (c) => {
      const ifMatch = c.req.valid('header')['if-match']
      const retirement = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query'), ifMatch }
      const retired = await retireUse(c.var.ctx, c.var.actor, retirement)
      return c.json(retired, 200, { etag: tagOfUse(retired) })
    },
  )
