import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { changeOwnPassword } from '@/server/auth/change-own-password'
import { readMe } from '@/server/auth/read-me'
import { me, ownPasswordInput } from '@/server/auth/schema'
import { dryRunQuery } from '@/server/http/schema'

const tags = ['Me']

export const meApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'Read who is asking, and what that allows',
      responses: answers(200, me, 'The person or token that asks'),
    }),
    async (c) => c.json(await readMe(c.var.ctx, c.var.actor), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/password',
      tags,
      summary: 'Change your own password',
      description: 'Ends all your sessions, this one too. Tokens go on.',
      request: { ...jsonBody(ownPasswordInput), query: dryRunQuery },
      responses: answers(200, me, 'Who you are'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await changeOwnPassword(c.var.ctx, c.var.actor, input), 200)
    },
  )
