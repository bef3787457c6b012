import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from '@/server/api/plumbing'

const description = `Everything the portal does. Errors are problem documents (RFC 9457). Lists take \`limit\` and \`cursor\`; the
next page's cursor is \`nextCursor\`. Every change takes \`dryRun=true\`: the answer is what would be, and nothing is changed.
\`POST\` takes \`Idempotency-Key\`: the same key with the same request within 24 hours gets the first answer again. Where
an answer carries an \`ETag\`, \`If-Match\` makes a change only if nobody else made one meanwhile.`

const schemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'ent_…',
    description: 'An API token.',
  },
  basic: {
    type: 'http',
    scheme: 'basic',
    description: 'An API token as the password; the login is free. Passwords of people are not accepted.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'next-auth.session-token',
    description:
      'The session of the portal (`__Secure-next-auth.session-token` over https). Changes need a same-origin request.',
  },
} as const

/** Registers how callers identify themselves; all of the API but this document needs one of these. */
export function registerSecurity(api: OpenAPIHono<ApiEnv>): void {
  for (const [name, scheme] of Object.entries(schemes)) {
    api.openAPIRegistry.registerComponent('securitySchemes', name, scheme)
  }
}

/** The OpenAPI 3.1 document of all routes that are mounted when it is asked for. */
export function openApiDocument(api: OpenAPIHono<ApiEnv>) {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Entrepôt',
      version: '1',
      description,
      license: { name: 'Apache-2.0' },
    },
    security: Object.keys(schemes).map((name) => ({ [name]: [] })),
  })
  // What a parameter may match is the router's business: `{name}{.+}`.
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [
    path.replaceAll(/{\.\+}/g, ''),
    item,
  ])
  return { ...document, paths: Object.fromEntries(paths) as typeof document.paths }
}

export type OpenApiDocument = ReturnType<typeof openApiDocument>
