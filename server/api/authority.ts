import { createRoute, z } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { dryRunQuery, idParam } from '@/server/http/schema'
import { importAuthority } from '@/server/proxy/import-authority'
import { listAuthorities } from '@/server/proxy/list-authorities'
import { retireAuthority } from '@/server/proxy/retire-authority'
import { rotateAuthority } from '@/server/proxy/rotate-authority'
import { authority, authorityImport, authorityRotation } from '@/server/proxy/schema'

const tags = ['Authority']
const authorities = z.object({ items: z.array(authority) }).meta({ id: 'Authorities' })

export const authorityApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List the certificate authorities of the proxy, the latest first',
      responses: answers(200, authorities, 'All authorities'),
    }),
    async (c) => c.json({ items: await listAuthorities(c.var.ctx, c.var.actor) }, 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/rotate',
      tags,
      summary: 'Make a new root that takes over after an overlap',
      request: { ...jsonBody(authorityRotation), query: dryRunQuery },
      responses: answers(201, authority, 'The new authority'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await rotateAuthority(c.var.ctx, c.var.actor, input), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/import',
      tags,
      summary: 'Import an authority of your organisation',
      request: { ...jsonBody(authorityImport), query: dryRunQuery },
      responses: answers(201, authority, 'The imported authority'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await importAuthority(c.var.ctx, c.var.actor, input), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{id}/retire',
      tags,
      summary: 'Stop offering an authority, and signing with it',
      request: { params: idParam, query: dryRunQuery },
      responses: answers(200, authority, 'The retired authority'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await retireAuthority(c.var.ctx, c.var.actor, input), 200)
    },
  )
