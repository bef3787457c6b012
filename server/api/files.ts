import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { dryRunQuery, idParam, page } from '@/server/http/schema'
import { changeFiles } from '@/server/mirror/bulk-files'
import { declareFile } from '@/server/mirror/declare-file'
import { declareFiles } from '@/server/mirror/declare-files'
import { getFile } from '@/server/mirror/get-file'
import { listFiles } from '@/server/mirror/list-files'
import { readDownloads } from '@/server/mirror/read-downloads'
import { readFacets } from '@/server/mirror/read-facets'
import { retryFile } from '@/server/mirror/retry-file'
import {
  bulkFiles,
  changed,
  declarations,
  downloads,
  downloadsQuery,
  fileDetail,
  fileFacets,
  fileInput,
  fileQuery,
  fileSummary,
  filesInput,
  uploadQuery,
} from '@/server/mirror/schema'
import { tagOfFile } from '@/server/mirror/tags'
import { uploadContent } from '@/server/mirror/upload-content'
import { uploadFile } from '@/server/mirror/upload-file'
import { taskDetail } from '@/server/tasks/schema'

const tags = ['Files']

export const filesApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List and search declared files, newest first',
      request: { query: fileQuery },
      responses: answers(200, page(fileSummary), 'A page of files'),
    }),
    async (c) => c.json(await listFiles(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/',
      tags,
      summary: 'Declare a file by its URL, with the reason',
      description: 'A URL that is known gets a use of your team (200).',
      request: { ...jsonBody(fileInput), query: dryRunQuery },
      responses: {
        ...answers(201, fileDetail, 'The file is new and will be fetched'),
        ...answers(200, fileDetail, 'The file was known'),
      },
    }),
    async (c) => {
      const { outcome, file } = await declareFile(
        c.var.ctx,
        c.var.actor,
        c.req.valid('json'),
        c.req.valid('query'),
      )
      return outcome === 'new' ? c.json(file, 201) : c.json(file, 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/batch',
      tags,
      summary: 'Declare many files with one reason: all, or none',
      request: { ...jsonBody(filesInput), query: dryRunQuery },
      responses: answers(200, declarations, 'What became of each line'),
    }),
    async (c) =>
      c.json(await declareFiles(c.var.ctx, c.var.actor, c.req.valid('json'), c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/bulk',
      tags,
      summary: 'Retry, or retire one team’s uses of, many files',
      request: { ...jsonBody(bulkFiles), query: dryRunQuery },
      responses: answers(200, changed, 'How many files were changed'),
    }),
    async (c) => {
      const bulk = { ...c.req.valid('json'), ...c.req.valid('query') }
      return c.json(await changeFiles(c.var.ctx, c.var.actor, bulk), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/facets',
      tags,
      summary: 'List by which hosts, teams and licences files can be filtered',
      description: 'With many files the counts are estimates.',
      responses: answers(200, fileFacets, 'The values, the most frequent first'),
    }),
    async (c) => c.json(await readFacets(c.var.ctx, c.var.actor), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      summary: 'Read one file with its uses',
      request: { params: idParam },
      responses: answers(200, fileDetail, 'The file'),
    }),
    async (c) => {
      const found = await getFile(c.var.ctx, c.var.actor, c.req.valid('param'))
      return c.json(found, 200, { etag: tagOfFile(found) })
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}/downloads',
      tags,
      summary: 'Downloads of a file by day and by team',
      request: { params: idParam, query: downloadsQuery },
      responses: answers(200, downloads, 'The downloads'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await readDownloads(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{id}/retry',
      tags,
      summary: 'Fetch a file again whose fetch failed',
      request: { params: idParam, query: dryRunQuery },
      responses: answers(202, taskDetail, 'The new task'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await retryFile(c.var.ctx, c.var.actor, input), 202)
    },
  )
  .openapi(
    createRoute({
      method: 'put',
      path: '/{id}/content',
      tags,
      summary: 'Upload by hand what its upstream no longer has',
      description: 'The body is the file itself, streamed. Stored bytes are never replaced.',
      request: { params: idParam, query: dryRunQuery },
      responses: answers(200, fileDetail, 'The file, stored'),
    }),
    async (c) => {
      const upload = { ...c.req.valid('param'), ...c.req.valid('query'), ...bodyOf(c.req.raw) }
      return c.json(await uploadContent(c.var.ctx, c.var.actor, upload), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/upload',
      tags,
      summary: 'Declare a file and upload it by hand, at once',
      description: 'The body is the file itself, streamed; it is never asked for at the URL.',
      request: { query: uploadQuery },
      responses: {
        ...answers(201, fileDetail, 'The file is new, and stored'),
        ...answers(200, fileDetail, 'The file was known, and is stored now'),
      },
    }),
    async (c) => {
      const upload = { ...c.req.valid('query'), ...bodyOf(c.req.raw) }
      const { outcome, file } = await uploadFile(c.var.ctx, c.var.actor, upload)
      return outcome === 'new' ? c.json(file, 201) : c.json(file, 200)
    },
  )

/** A body that is streamed, and what is said of it. */
function bodyOf({ body, headers, signal }: Request) {
  return {
    body: body === null ? undefined : Readable.fromWeb(body as NodeStream),
    contentType: headers.get('content-type') ?? undefined,
    signal,
  }
}
