import { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError, type FieldFault } from '@/server/errors'
import type { Notices } from '@/server/events'
import { problem } from '@/server/http/schema'

/** What every handler of the admin API finds in `c.var`. */
export interface ApiEnv {
  Variables: { ctx: Context; actor: Actor; notices: Notices }
}

/** A part of the admin API; validation faults of its routes become one AppError with a fault per field. */
export function apiArea() {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidInput(result.error.issues)
    },
  })
}

function invalidInput(issues: z.core.$ZodIssue[]): AppError {
  const fields: FieldFault[] = issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  return new AppError('invalid', fields[0]?.message ?? 'The request is not valid.', { fields })
}

/** Whether a content type is JSON (RFC 8259, and the `+json` suffix of RFC 6839). */
export function isJson(contentType: string): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType.trim())
}

/** JSON request body of a route. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { content: { 'application/json': { schema } }, required: true },
})

/** `If-Match` of a change: the ETag that the change is based on. */
export const ifMatchHeader = z.object({ 'if-match': z.string().max(200).optional() })

/** The one good answer of a route, beside which every route may answer a problem. */
export const answers = <Status extends number, Schema extends z.ZodType>(
  status: Status,
  schema: Schema,
  description: string,
) =>
  ({
    [status]: { description, content: { 'application/json': { schema } } },
    default: { description: 'A problem', content: { 'application/problem+json': { schema: problem } } },
  }) as {
    [Key in Status]: { description: string; content: { 'application/json': { schema: Schema } } }
  } & {
    default: { description: string; content: { 'application/problem+json': { schema: typeof problem } } }
  }
