import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { dryRunQuery, idParam, page, pageQuery } from '@/server/http/schema'
import { changeWorkload, removeWorkload } from '@/server/oci/access/change-workload'
import { createWorkload } from '@/server/oci/access/create-workload'
import { getWorkload, listWorkloads } from '@/server/oci/access/list-workloads'
import { workload, workloadChange, workloadInput } from '@/server/oci/access/schema'

const tags = ['Workloads']

export const workloadsApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List pipelines that sign in to the registry by tokens of their own, by name',
      request: { query: pageQuery },
      responses: answers(200, page(workload), 'A page of workload identities'),
    }),
    async (c) => c.json(await listWorkloads(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/',
      tags,
      summary: 'Let a pipeline sign in to the registry',
      request: { ...jsonBody(workloadInput), query: dryRunQuery },
      responses: answers(201, workload, 'The new workload identity'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await createWorkload(c.var.ctx, c.var.actor, input), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      summary: 'Read one workload identity',
      request: { params: idParam },
      responses: answers(200, workload, 'The workload identity'),
    }),
    async (c) => c.json(await getWorkload(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
  .openapi(
    createRoute({
      method: 'patch',
      path: '/{id}',
      tags,
      summary: 'Change a workload identity',
      request: { ...jsonBody(workloadChange), params: idParam, query: dryRunQuery },
      responses: answers(200, workload, 'The workload identity'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await changeWorkload(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{id}',
      tags,
      summary: 'End a workload identity',
      request: { params: idParam, query: dryRunQuery },
      responses: answers(200, workload, 'The workload identity as it was'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await removeWorkload(c.var.ctx, c.var.actor, input), 200)
    },
  )
