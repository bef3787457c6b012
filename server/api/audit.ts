import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea } from '@/server/api/plumbing'
import { exportAudit, listAudit } from '@/server/audit/list-audit'
import { auditEntry, auditExportQuery, auditQuery } from '@/server/audit/schema'
import { page } from '@/server/http/schema'

const tags = ['Audit']
// As a plain string: typed as a literal, the router takes it for JSON.
const JSON_LINES: string = 'application/x-ndjson'

export const auditApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/audit',
      tags,
      summary: 'Read the audit log, newest first',
      request: { query: auditQuery },
      responses: answers(200, page(auditEntry), 'A page of entries'),
    }),
    async (c) => c.json(await listAudit(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/audit.ndjson',
      tags,
      summary: 'Export the audit log as JSON lines',
      request: { query: auditExportQuery },
      responses: {
        200: { description: 'One entry a line', content: { [JSON_LINES]: {} } },
      },
    }),
    async (c) => {
      const lines = exportAudit(c.var.ctx, c.var.actor, c.req.valid('query'))
      return new Response(lines, {
        headers: {
          'content-type': JSON_LINES,
          'content-disposition': 'attachment; filename="audit.ndjson"',
          'cache-control': 'no-store',
        },
      })
    },
  )
