import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { dryRunQuery } from '@/server/http/schema'
import { addRule } from '@/server/oci/access/add-rule'
import { changeRule, removeRule } from '@/server/oci/access/change-rule'
import { checkPermission } from '@/server/oci/access/check-permission'
import { listNodeRules } from '@/server/oci/access/list-rules'
import { replaceRules } from '@/server/oci/access/replace-rules'
import {
  clusterParam,
  nodeQuery,
  nodeRule,
  nodeRuleInput,
  nodeRuleList,
  nodeRules,
  nodeRulesInput,
  permissionAnswer,
  permissionQuestion,
  ruleParam,
} from '@/server/oci/access/schema'

const tags = ['Registry access']
const changedNodeQuery = nodeQuery.extend(dryRunQuery.shape)

export const registryAccessApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/{cluster}/rules',
      tags,
      summary: 'List the rules that hold at a node, and where they come from',
      request: { params: clusterParam, query: nodeQuery },
      responses: answers(200, nodeRules, 'The rules of the node and those it inherits'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listNodeRules(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{cluster}/rules',
      tags,
      summary: 'Add a rule to a node',
      request: { ...jsonBody(nodeRuleInput), params: clusterParam, query: changedNodeQuery },
      responses: answers(201, nodeRule, 'The new rule'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await addRule(c.var.ctx, c.var.actor, input), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'put',
      path: '/{cluster}/rules',
      tags,
      summary: 'Replace all rules of a node',
      request: { ...jsonBody(nodeRulesInput), params: clusterParam, query: changedNodeQuery },
      responses: answers(200, nodeRuleList, 'The rules of the node'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await replaceRules(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'put',
      path: '/{cluster}/rules/{id}',
      tags,
      summary: 'Replace one rule',
      request: { ...jsonBody(nodeRuleInput), params: ruleParam, query: dryRunQuery },
      responses: answers(200, nodeRule, 'The rule'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await changeRule(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/{cluster}/rules/{id}',
      tags,
      summary: 'Remove one rule',
      request: { params: ruleParam, query: dryRunQuery },
      responses: answers(200, nodeRule, 'The rule that was'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await removeRule(c.var.ctx, c.var.actor, input), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{cluster}/check-permission',
      tags,
      summary: 'Ask whether somebody may do something at a node, and why',
      request: { ...jsonBody(permissionQuestion), params: clusterParam },
      responses: answers(200, permissionAnswer, 'The answer, with the rule that decides'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await checkPermission(c.var.ctx, c.var.actor, input), 200)
    },
  )
