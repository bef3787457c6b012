import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { changeBranch } from '@/server/apt/repositories/change-branch'
import { changeRepository } from '@/server/apt/repositories/change-repository'
import { createRepository } from '@/server/apt/repositories/create-repository'
import { getRepository } from '@/server/apt/repositories/get-repository'
import { listRepositories } from '@/server/apt/repositories/list-repositories'
import {
  branch,
  branchParam,
  branchPatch,
  repositoryDetail,
  repositoryInput,
  repositoryParam,
  repositoryPatch,
  repositoryQuery,
  repositorySummary,
} from '@/server/apt/schema'
import { dryRunQuery, page } from '@/server/http/schema'

const tags = ['Debian repositories']

export const aptRepositoriesApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories',
      tags,
      summary: 'List Debian repositories, by name',
      request: { query: repositoryQuery },
      responses: answers(200, page(repositorySummary), 'A page of repositories'),
    }),
    async (c) => c.json(await listRepositories(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/repositories',
      tags,
      summary: 'Make a repository, with a signing key and empty branches',
      description: 'Branches are given in the order of promotion, by name or with their settings.',
      request: { query: dryRunQuery, ...jsonBody(repositoryInput) },
      responses: answers(201, repositoryDetail, 'The repository'),
    }),
    async (c) => {
      const made = await createRepository(c.var.ctx, c.var.actor, c.req.valid('json'), c.req.valid('query'))
      return c.json(made, 201)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}',
      tags,
      summary: 'Show a repository',
      request: { params: repositoryParam },
      responses: answers(200, repositoryDetail, 'The repository'),
    }),
    async (c) => c.json(await getRepository(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
  .openapi(
    createRoute({
      method: 'patch',
      path: '/repositories/{repo}',
      tags,
      summary: 'Change a repository, put its branches in order, or add branches',
      description:
        '`branches` names all of them in their new order. Components and architectures go only while no package has them.',
      request: { params: repositoryParam, query: dryRunQuery, ...jsonBody(repositoryPatch) },
      responses: answers(200, repositoryDetail, 'The repository'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await changeRepository(c.var.ctx, c.var.actor, input, c.req.valid('query')), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'patch',
      path: '/repositories/{repo}/branches/{branch}',
      tags,
      summary: 'Change the settings of a branch',
      description: 'What Release says is published at once.',
      request: { params: branchParam, query: dryRunQuery, ...jsonBody(branchPatch) },
      responses: answers(200, branch, 'The branch'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await changeBranch(c.var.ctx, c.var.actor, input, c.req.valid('query')), 200)
    },
  )
