import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea } from '@/server/api/plumbing'
import { getPackage } from '@/server/apt/packages/get-package'
import { getSource } from '@/server/apt/packages/get-source'
import { listSources } from '@/server/apt/packages/list-sources'
import { readBoard } from '@/server/apt/packages/read-board'
import {
  board,
  boardQuery,
  packageDetail,
  packageParam,
  sourceDetail,
  sourceParam,
  sourceQuery,
  sourceRow,
} from '@/server/apt/packages/schema'
import { repositoryParam } from '@/server/apt/schema'
import { page } from '@/server/http/schema'

const tags = ['Debian repositories']

export const aptPackagesApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/board',
      tags,
      summary: 'Show the branches as columns, each with the source versions that came last',
      request: { params: repositoryParam, query: boardQuery },
      responses: answers(200, board, 'The columns, in the order of promotion'),
    }),
    async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await readBoard(c.var.ctx, c.var.actor, asked), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/sources',
      tags,
      summary: 'List source packages by name, with the versions of each branch',
      request: { params: repositoryParam, query: sourceQuery },
      responses: answers(200, page(sourceRow), 'A page of sources'),
    }),
    async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listSources(c.var.ctx, c.var.actor, asked), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/sources/{source}',
      tags,
      summary: 'Show every version of a source, with its packages',
      request: { params: sourceParam },
      responses: answers(200, sourceDetail, 'The source'),
    }),
    async (c) => c.json(await getSource(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/packages/{id}',
      tags,
      summary: 'Show a package: control data, files, relations, contents and moves',
      request: { params: packageParam },
      responses: answers(200, packageDetail, 'The package'),
    }),
    async (c) => c.json(await getPackage(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
