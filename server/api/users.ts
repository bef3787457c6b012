import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, ifMatchHeader, jsonBody } from '@/server/api/plumbing'
import { changeUser } from '@/server/auth/change-user'
import { createUser } from '@/server/auth/create-user'
import { getUser, listUsers } from '@/server/auth/list-users'
import { user, userChange, userInput, userQuery } from '@/server/auth/schema'
import { userTag } from '@/server/auth/users'
import { dryRunQuery, idParam, page } from '@/server/http/schema'

const tags = ['Users']

export const usersApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List people, newest first',
      request: { query: userQuery },
      responses: answers(200, page(user), 'A page of people'),
    }),
    async (c) => c.json(await listUsers(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/',
      tags,
      summary: 'Add a person',
      request: { ...jsonBody(userInput), query: dryRunQuery },
      responses: answers(201, user, 'The new person'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await createUser(c.var.ctx, c.var.actor, input), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      summary: 'Read one person',
      request: { params: idParam },
      responses: answers(200, user, 'The person'),
    }),
    async (c) => {
      const found = await getUser(c.var.ctx, c.var.actor, c.req.valid('param'))
      return c.json(found, 200, { etag: userTag(found) })
    },
  )
  .openapi(
    createRoute({
      method: 'patch',
      path: '/{id}',
      tags,
      summary: 'Change a person',
      description: 'A new role, a new password or disabling ends their sessions at the next request.',
      request: { ...jsonBody(userChange), params: idParam, query: dryRunQuery, headers: ifMatchHeader },
      responses: answers(200, user, 'The person'),
    }),
    async (c) => {
      const ifMatch = c.req.valid('header')['if-match']
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query'), ifMatch }
      const changed = await changeUser(c.var.ctx, c.var.actor, input)
      return c.json(changed, 200, { etag: userTag(changed) })
    },
  )
