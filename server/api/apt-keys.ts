import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { addKey } from '@/server/apt/keys/add-key'
import { addUploader } from '@/server/apt/keys/add-uploader'
import { listKeys } from '@/server/apt/keys/list-keys'
import { listUploaders } from '@/server/apt/keys/list-uploaders'
import { removeUploader } from '@/server/apt/keys/remove-uploader'
import { retireKey } from '@/server/apt/keys/retire-key'
import { aptKey, aptKeyInput, keyParam, uploader, uploaderInput } from '@/server/apt/keys/schema'
import { repositoryParam } from '@/server/apt/schema'
import { dryRunQuery, page, pageQuery } from '@/server/http/schema'

const tags = ['Debian repositories']

export const aptKeysApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/keys',
      tags,
      summary: 'List the signing keys of a repository, newest first',
      description: 'Each with what apt objects to today or will soon. Private keys are never shown.',
      request: { params: repositoryParam, query: pageQuery },
      responses: answers(200, page(aptKey), 'A page of keys'),
    }),
    async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listKeys(c.var.ctx, c.var.actor, asked), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/repositories/{repo}/keys',
      tags,
      summary: 'Generate or import a signing key',
      description:
        'All keys that are not retired sign every Release. To rotate: add one, let clients fetch `key.asc`, retire the old one.',
      request: { params: repositoryParam, query: dryRunQuery, ...jsonBody(aptKeyInput) },
      responses: answers(201, aptKey, 'The key'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await addKey(c.var.ctx, c.var.actor, input, c.req.valid('query')), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/repositories/{repo}/keys/{id}/retire',
      tags,
      summary: 'Retire a signing key',
      description: 'The last key that signs cannot be retired.',
      request: { params: keyParam, query: dryRunQuery },
      responses: answers(200, aptKey, 'The key'),
    }),
    async (c) => {
      const retired = await retireKey(c.var.ctx, c.var.actor, c.req.valid('param'), c.req.valid('query'))
      return c.json(retired, 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/uploaders',
      tags,
      summary: 'List the keys whose uploads a repository takes, newest first',
      request: { params: repositoryParam, query: pageQuery },
      responses: answers(200, page(uploader), 'A page of uploaders'),
    }),
    async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listUploaders(c.var.ctx, c.var.actor, asked), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/repositories/{repo}/uploaders',
      tags,
      summary: 'Let a key sign uploads',
      description: 'A key that is there already is replaced by what is sent.',
      request: { params: repositoryParam, query: dryRunQuery, ...jsonBody(uploaderInput) },
      responses: answers(201, uploader, 'The uploader'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param') }
      return c.json(await addUploader(c.var.ctx, c.var.actor, input, c.req.valid('query')), 201)
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/repositories/{repo}/uploaders/{id}',
      tags,
      summary: 'Take no more uploads that this key signs',
      request: { params: keyParam, query: dryRunQuery },
      responses: answers(200, uploader, 'The uploader that was'),
    }),
    async (c) => {
      const removed = await removeUploader(c.var.ctx, c.var.actor, c.req.valid('param'), c.req.valid('query'))
      return c.json(removed, 200)
    },
  )
