import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { startImport } from '@/server/apt/import/start-import'
import { repositoryParam } from '@/server/apt/schema'
import { getUpload } from '@/server/apt/uploads/get-upload'
import { listUploads } from '@/server/apt/uploads/list-uploads'
import {
  importInput,
  packageUploaded,
  packageUploadQuery,
  uploadDetail,
  uploadParam,
  uploadQuery,
  uploadSummary,
} from '@/server/apt/uploads/schema'
import { uploadPackage } from '@/server/apt/uploads/upload-package'
import { dryRunQuery, page } from '@/server/http/schema'
import { taskDetail } from '@/server/tasks/schema'

const tags = ['Debian repositories']

export const aptUploadsApi = apiArea()
  .openapi(
    createRoute({
      method: 'post',
      path: '/repositories/{repo}/packages',
      tags,
      summary: 'Upload one package into a branch, and publish it',
      description:
        'The body is the `.deb`, `.udeb` or `.ddeb` itself, streamed (`application/vnd.debian.binary-package`). For many send several at a time: they are published together. The same bytes again change nothing; other bytes of the same name, version and architecture are refused (409).',
      request: {
        params: repositoryParam,
        query: packageUploadQuery.extend(dryRunQuery.shape),
      },
      responses: {
        ...answers(201, packageUploaded, 'The package, in its branch'),
        204: { description: 'A rehearsal: the branch would be open to it' },
      },
    }),
    async (c) => {
      const { body, signal } = c.req.raw
      const upload = { ...c.req.valid('param'), ...c.req.valid('query'), signal }
      const uploaded = await uploadPackage(c.var.ctx, c.var.actor, {
        ...upload,
        body: body === null ? undefined : Readable.fromWeb(body as NodeStream),
      })
      return uploaded === undefined ? c.body(null, 204) : c.json(uploaded, 201)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/uploads',
      tags,
      summary: 'List uploads and imports, newest first',
      request: { params: repositoryParam, query: uploadQuery },
      responses: answers(200, page(uploadSummary), 'A page of uploads'),
    }),
    async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await listUploads(c.var.ctx, c.var.actor, asked), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/repositories/{repo}/uploads/{id}',
      tags,
      summary: 'Read an upload with its report',
      request: { params: uploadParam },
      responses: answers(200, uploadDetail, 'The upload'),
    }),
    async (c) => c.json(await getUpload(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/repositories/{repo}/imports',
      tags,
      summary: 'Import another repository, by its URL or from a directory of the server',
      request: { ...jsonBody(importInput), params: repositoryParam, query: dryRunQuery },
      responses: answers(202, taskDetail, 'The new task; its subject is the upload with the report'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await startImport(c.var.ctx, c.var.actor, input), 202)
    },
  )
