import { createRoute, z } from '@hono/zod-openapi'
import { answers, apiArea } from '@/server/api/plumbing'
import { preferredType } from '@/server/http/accept'
import { dryRunQuery } from '@/server/http/schema'
import { getHints, rebuildHints } from '@/server/oci/hints/rebuild-hints'
import { hintDocument, hintFormatQuery, hintParams } from '@/server/oci/hints/schema'
import { toYson } from '@/server/oci/hints/yson'

const tags = ['Registry']
const JSON_TYPE = 'application/json'
const YSON_TYPE = 'application/x-yt-yson-text'

// The rest of the path is the name, slashes and all.
const path = '/{cluster}/hints/{name}{.+}'

const readable = answers(200, hintDocument, 'The document; an empty one when there is no tag')
Object.assign(readable[200].content, { [YSON_TYPE]: { schema: z.string() } })

export const registryHintsApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Read where the layers of a repository’s tags are, for schedulers',
      description: 'YSON with `format=yson`, or when Accept prefers `application/x-yt-yson-text`.',
      request: { params: hintParams, query: hintFormatQuery },
      responses: readable,
    }),
    async (c) => {
      const document = await getHints(c.var.ctx, c.var.actor, c.req.valid('param'))
      const { format } = c.req.valid('query')
      const wanted = preferredType(c.req.header('accept'), [JSON_TYPE, YSON_TYPE])
      const isYson = format === undefined ? wanted === YSON_TYPE : format === 'yson'
      c.header('vary', 'Accept')
      if (!isYson) return c.json(document, 200)
      // The typed client asks for JSON, and is not told of another type.
      return c.body(`${toYson(document)}\n`, 200, { 'content-type': YSON_TYPE }) as never
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Store where the layers of a repository’s tags are anew',
      request: { params: hintParams, query: dryRunQuery },
      responses: answers(200, hintDocument, 'The document as it is stored now'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await rebuildHints(c.var.ctx, c.var.actor, input), 200)
    },
  )
