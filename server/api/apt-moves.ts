import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { approveRequest } from '@/server/apt/moves/approve-request'
import { listRequests } from '@/server/apt/moves/list-requests'
import { movePackages } from '@/server/apt/moves/move-packages'
import { getMove, listMoves } from '@/server/apt/moves/read-moves'
import { declineRequest, withdrawRequest } from '@/server/apt/moves/refuse-request'
import { removePackages } from '@/server/apt/moves/remove-packages'
import {
  decisionInput,
  moveDetail,
  moveInput,
  moveOutcome,
  moveQuery,
  moveRequest,
  moveSummary,
  movesQuery,
  removalInput,
  requestsQuery,
} from '@/server/apt/moves/schema'
import { undoMove } from '@/server/apt/moves/undo-move'
import { repositoryParam } from '@/server/apt/schema'
import { dryRunQuery, idParam, page } from '@/server/http/schema'

const tags = ['Debian moves']

const choices = ({ dryRun, wait }: { dryRun: boolean; wait?: '0' | '1' | undefined }) => ({
  dryRun,
  wait: wait !== '0',
})

export const aptMovesApi = apiArea()
  .openapi(
    createRoute({
      method: 'post',
      path: '/moves',
      tags,
      summary: 'Move packages from a branch to another, or copy them',
      description:
        'All of the source versions with all their binary packages move, and both branches are published, or nothing changes. ' +
        'Those that are in the target already are no error. Into a branch that takes approved moves only, a request is opened ' +
        'instead. `dryRun` tells what would move, what it comes in front of, and which dependencies it would break.',
      request: { ...jsonBody(moveInput), query: moveQuery },
      responses: answers(200, moveOutcome, 'What became of it'),
    }),
    async (c) => {
      const { var: given, req } = c
      const how = choices(req.valid('query'))
      return c.json(await movePackages(given.ctx, given.actor, req.valid('json'), how), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/moves',
      tags,
      summary: 'List what changed its branch, the newest first',
      request: { query: movesQuery },
      responses: answers(200, page(moveSummary), 'A page of moves'),
    }),
    async (c) => c.json(await listMoves(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/moves/{id}',
      tags,
      summary: 'Read one move with its packages',
      request: { params: idParam },
      responses: answers(200, moveDetail, 'The move'),
    }),
    async (c) => c.json(await getMove(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/moves/{id}/undo',
      tags,
      summary: 'Take a move back, exactly',
      description: 'Refused when a package of it has gone elsewhere since. An undo can be undone as well.',
      request: { params: idParam, query: moveQuery },
      responses: answers(200, moveDetail, 'The move that took it back'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...choices(c.req.valid('query')) }
      return c.json(await undoMove(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/repositories/{repo}/removals',
      tags,
      summary: 'Take packages out of a branch; they stay in the pool',
      request: { ...jsonBody(removalInput), params: repositoryParam, query: moveQuery },
      responses: answers(200, moveDetail, 'The move that says so, which can be undone'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') }
      const how = choices(c.req.valid('query'))
      return c.json(await removePackages(c.var.ctx, c.var.actor, input, how), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/requests',
      tags,
      summary: 'List moves that wait, or waited, for approval',
      request: { query: requestsQuery },
      responses: answers(200, page(moveRequest), 'A page of requests'),
    }),
    async (c) => c.json(await listRequests(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/requests/{id}/approve',
      tags,
      summary: 'Approve a request, and make its move',
      description:
        'By somebody else than who asked, one time, and only while the very files would move that were asked for.',
      request: { ...jsonBody(decisionInput), params: idParam, query: dryRunQuery },
      responses: answers(200, moveRequest, 'The request, with the move'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await approveRequest(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/requests/{id}/decline',
      tags,
      summary: 'Decline a request',
      request: { ...jsonBody(decisionInput), params: idParam, query: dryRunQuery },
      responses: answers(200, moveRequest, 'The request'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await declineRequest(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/requests/{id}/withdraw',
      tags,
      summary: 'Take your own request back',
      request: { ...jsonBody(decisionInput), params: idParam, query: dryRunQuery },
      responses: answers(200, moveRequest, 'The request'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await withdrawRequest(c.var.ctx, c.var.actor, input), 200)
    },
  )
