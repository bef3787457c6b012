import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { createToken } from '@/server/auth/create-token'
import { listTokens } from '@/server/auth/list-tokens'
import { revokeToken } from '@/server/auth/revoke-token'
import { newToken, token, tokenInput, tokenQuery } from '@/server/auth/schema'
import { dryRunQuery, idParam, page } from '@/server/http/schema'

const tags = ['Tokens']

export const tokensApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List your tokens, newest first',
      description: 'With `all=true`, everyone’s (administrators).',
      request: { query: tokenQuery },
      responses: answers(200, page(token), 'A page of tokens'),
    }),
    async (c) => c.json(await listTokens(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/',
      tags,
      summary: 'Make a token for yourself',
      description: 'The answer is the only one that shows the secret.',
      request: { ...jsonBody(tokenInput), query: dryRunQuery },
      responses: answers(201, newToken, 'The token with its secret'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await createToken(c.var.ctx, c.var.actor, input), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{id}',
      tags,
      summary: 'Revoke a token',
      request: { params: idParam, query: dryRunQuery },
      responses: answers(200, token, 'The token, revoked'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await revokeToken(c.var.ctx, c.var.actor, input), 200)
    },
  )
