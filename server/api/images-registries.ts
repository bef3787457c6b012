import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { dryRunQuery, page, pageQuery } from '@/server/http/schema'
import { upstreamRegistry, upstreamRegistryInput, upstreamRegistryParam } from '@/server/images/schema'
import {
  listUpstreamRegistries,
  removeUpstreamRegistry,
  setUpstreamRegistry,
} from '@/server/images/upstream-registries'

const tags = ['Images']

export const imagesRegistriesApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List registries with stored credentials, by name',
      description: 'Passwords are never shown.',
      request: { query: pageQuery },
      responses: answers(200, page(upstreamRegistry), 'A page of registries'),
    }),
    async (c) => c.json(await listUpstreamRegistries(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'put',
      path: '/{registry}',
      tags,
      summary: 'Store the credentials for a registry',
      request: { ...jsonBody(upstreamRegistryInput), params: upstreamRegistryParam, query: dryRunQuery },
      responses: answers(200, upstreamRegistry, 'The registry'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await setUpstreamRegistry(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{registry}',
      tags,
      summary: 'Forget the credentials for a registry',
      request: { params: upstreamRegistryParam, query: dryRunQuery },
      responses: answers(200, upstreamRegistry, 'The registry that was'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await removeUpstreamRegistry(c.var.ctx, c.var.actor, input), 200)
    },
  )
