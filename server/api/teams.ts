import { createRoute, z } from '@hono/zod-openapi'
import { answers, apiArea, ifMatchHeader, jsonBody } from '@/server/api/plumbing'
import { addMember, removeMember } from '@/server/auth/change-members'
import { deleteTeam, renameTeam } from '@/server/auth/change-team'
import { createTeam } from '@/server/auth/create-team'
import { getTeam, listMembers, listTeams } from '@/server/auth/list-teams'
import { member, memberInput, team, teamChange, teamInput, teamParam, teamQuery } from '@/server/auth/schema'
import { teamTag } from '@/server/auth/teams'
import { dryRunQuery, page, pageQuery } from '@/server/http/schema'

const tags = ['Teams']
const memberParam = teamParam.extend({ userId: z.uuid() })

export const teamsApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List teams by slug',
      request: { query: teamQuery },
      responses: answers(200, page(team), 'A page of teams'),
    }),
    async (c) => c.json(await listTeams(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/',
      tags,
      summary: 'Add a team',
      request: { ...jsonBody(teamInput), query: dryRunQuery },
      responses: answers(201, team, 'The new team'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await createTeam(c.var.ctx, c.var.actor, input), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      summary: 'Read one team, by id or slug',
      request: { params: teamParam },
      responses: answers(200, team, 'The team'),
    }),
    async (c) => {
      const found = await getTeam(c.var.ctx, c.var.actor, c.req.valid('param'))
      return c.json(found, 200, { etag: teamTag(found) })
    },
  )
  .openapi(
    createRoute({
      method: 'patch',
      path: '/{id}',
      tags,
      summary: 'Give a team another name',
      request: { ...jsonBody(teamChange), params: teamParam, query: dryRunQuery, headers: ifMatchHeader },
      responses: answers(200, team, 'The team'),
    }),
    async (c) => {
      const ifMatch = c.req.valid('header')['if-match']
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query'), ifMatch }
      const changed = await renameTeam(c.var.ctx, c.var.actor, input)
      return c.json(changed, 200, { etag: teamTag(changed) })
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{id}',
      tags,
      summary: 'Remove a team that never declared anything',
      request: { params: teamParam, query: dryRunQuery, headers: ifMatchHeader },
      responses: answers(200, team, 'The team as it was'),
    }),
    async (c) => {
      const ifMatch = c.req.valid('header')['if-match']
      const input = { ...c.req.valid('param'), ...c.req.valid('query'), ifMatch }
      return c.json(await deleteTeam(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}/members',
      tags,
      summary: 'List the members of a team',
      request: { params: teamParam, query: pageQuery },
      responses: answers(200, page(member), 'A page of people'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listMembers(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{id}/members',
      tags,
      summary: 'Put someone into a team',
      request: { ...jsonBody(memberInput), params: teamParam, query: dryRunQuery },
      responses: answers(200, team, 'The team'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await addMember(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{id}/members/{userId}',
      tags,
      summary: 'Take someone out of a team',
      request: { params: memberParam, query: dryRunQuery },
      responses: answers(200, team, 'The team'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await removeMember(c.var.ctx, c.var.actor, input), 200)
    },
  )
