import { createRoute } from '@hono/zod-openapi'
import { apiArea } from '@/server/api/plumbing'
import { exportFiles } from '@/server/mirror/export-files'
import { fileExportQuery } from '@/server/mirror/schema'

// As a plain string: typed as a literal, the router takes it for text alone.
const CSV: string = 'text/csv; charset=utf-8'

export const filesExportApi = apiArea().openapi(
  createRoute({
    method: 'get',
    path: '/files.csv',
    tags: ['Files'],
    summary: 'Export the filtered list of files as CSV',
    request: { query: fileExportQuery },
    responses: {
      200: { description: 'A line for each file, below one with the names', content: { [CSV]: {} } },
    },
  }),
  async (c) =>
    new Response(exportFiles(c.var.ctx, c.var.actor, c.req.valid('query')), {
      headers: {
        'content-type': CSV,
        'content-disposition': 'attachment; filename="files.csv"',
        'cache-control': 'no-store',
      },
    }),
)
