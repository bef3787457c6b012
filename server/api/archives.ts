import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { changeArchive, removeArchive } from '@/server/archives/change-archive'
import { createArchive } from '@/server/archives/create-archive'
import { listArchives } from '@/server/archives/list-archives'
import { readUses } from '@/server/archives/read-uses'
import { archive, archiveInput, archiveParam, archivePatch, archiveUses } from '@/server/archives/schema'
import { dryRunQuery, page, pageQuery } from '@/server/http/schema'

const tags = ['Archives']

export const archivesApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List archives by name, with how much they are used',
      request: { query: pageQuery },
      responses: answers(200, page(archive), 'A page of archives'),
    }),
    async (c) => c.json(await listArchives(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/',
      tags,
      summary: 'Serve an old tree, read-only, to everybody',
      request: { ...jsonBody(archiveInput), query: dryRunQuery },
      responses: answers(201, archive, 'The archive'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await createArchive(c.var.ctx, c.var.actor, input), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'patch',
      path: '/{name}',
      tags,
      summary: 'Change what an archive says, and the day from which it is gone',
      request: { ...jsonBody(archivePatch), params: archiveParam, query: dryRunQuery },
      responses: answers(200, archive, 'The archive'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await changeArchive(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{name}',
      tags,
      summary: 'Serve an archive no longer; its files stay',
      request: { params: archiveParam, query: dryRunQuery },
      responses: answers(200, archive, 'The archive that was'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await removeArchive(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{name}/uses',
      tags,
      summary: 'Tell who still uses an archive',
      request: { params: archiveParam },
      responses: answers(200, archiveUses, 'Clients, the last to come first, and days'),
    }),
    async (c) => c.json(await readUses(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
