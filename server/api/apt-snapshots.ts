import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { branchParam, repositoryParam, snapshot } from '@/server/apt/schema'
import { diffSnapshots } from '@/server/apt/snapshots/diff-snapshots'
import { listSnapshots } from '@/server/apt/snapshots/list-snapshots'
import { rollBack } from '@/server/apt/snapshots/roll-back'
import {
  diffQuery,
  rollBackInput,
  rolledBack,
  snapshotDiff,
  snapshotsQuery,
} from '@/server/apt/snapshots/schema'
import { dryRunQuery, page } from '@/server/http/schema'

const tags = ['Debian repositories']

export const aptSnapshotsApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/snapshots',
      tags,
      summary: 'List what the branches showed, newest first',
      description: 'Each is served below `/apt/<repo>/snapshots/<snapshotId>/` for ever.',
      request: { params: repositoryParam, query: snapshotsQuery },
      responses: answers(200, page(snapshot), 'A page of snapshots'),
    }),
    async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listSnapshots(c.var.ctx, c.var.actor, asked), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/branches/{branch}/diff',
      tags,
      summary: 'Compare two snapshots of a branch, or one with what it shows now',
      request: { params: branchParam, query: diffQuery },
      responses: answers(200, snapshotDiff, 'What came, left and changed'),
    }),
    async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await diffSnapshots(c.var.ctx, c.var.actor, asked), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/repositories/{repo}/branches/{branch}/roll-back',
      tags,
      summary: 'Bring a branch back to what a snapshot of it had',
      request: { params: branchParam, query: dryRunQuery, ...jsonBody(rollBackInput) },
      responses: answers(200, rolledBack, 'How many packages came back and left'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      return c.json(await rollBack(c.var.ctx, c.var.actor, input, c.req.valid('query')), 200)
    },
  )
