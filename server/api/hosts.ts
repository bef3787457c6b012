import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { dryRunQuery, page, pageQuery } from '@/server/http/schema'
import { blockHost, listHostRules, unblockHost } from '@/server/mirror/host-rules'
import { hostParam, hostRule, hostRuleInput } from '@/server/mirror/schema'

const tags = ['Hosts']

export const hostsApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List blocked hosts by name',
      request: { query: pageQuery },
      responses: answers(200, page(hostRule), 'A page of rules'),
    }),
    async (c) => c.json(await listHostRules(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/',
      tags,
      summary: 'Block a host',
      request: { ...jsonBody(hostRuleInput), query: dryRunQuery },
      responses: answers(201, hostRule, 'The rule'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await blockHost(c.var.ctx, c.var.actor, input), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{host}',
      tags,
      summary: 'Unblock a host',
      request: { params: hostParam, query: dryRunQuery },
      responses: answers(200, hostRule, 'The rule that was'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await unblockHost(c.var.ctx, c.var.actor, input), 200)
    },
  )
