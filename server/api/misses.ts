import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { dryRunQuery, idParam, page } from '@/server/http/schema'
import { declareMissedImage } from '@/server/images/declare-missed-image'
import { imageDetail } from '@/server/images/schema'
import { declareMiss, dismissMisses, reopenMiss } from '@/server/mirror/decide-misses'
import { getMiss, listMisses } from '@/server/mirror/list-misses'
import { changed, fileDetail, miss, missDeclare, missDismiss, missQuery } from '@/server/mirror/schema'

const tags = ['Misses']

export const missesApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List refused URLs, the last seen first',
      request: { query: missQuery },
      responses: answers(200, page(miss), 'A page of misses'),
    }),
    async (c) => c.json(await listMisses(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/dismiss',
      tags,
      summary: 'Take misses out of the inbox',
      request: { ...jsonBody(missDismiss), query: dryRunQuery },
      responses: answers(200, changed, 'How many were dismissed'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await dismissMisses(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      summary: 'Read one miss with who asked',
      request: { params: idParam },
      responses: answers(200, miss, 'The miss'),
    }),
    async (c) => c.json(await getMiss(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{id}/declare',
      tags,
      summary: 'Declare the URL of a miss, or the image whose manifest it is',
      request: { ...jsonBody(missDeclare), params: idParam, query: dryRunQuery },
      responses: answers(200, z.union([fileDetail, imageDetail]), 'The declared file or image'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query') }
      const image = await declareMissedImage(c.var.ctx, c.var.actor, input)
      if (image) return c.json(image, 200)
      const { file } = await declareMiss(c.var.ctx, c.var.actor, input)
      return c.json(file, 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{id}/reopen',
      tags,
      summary: 'Put a dismissed miss back into the inbox',
      request: { params: idParam, query: dryRunQuery },
      responses: answers(200, miss, 'The miss'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await reopenMiss(c.var.ctx, c.var.actor, input), 200)
    },
  )
