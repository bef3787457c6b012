import type { JsonSchema } from '@/server/api/reference-schema'

/** What a request sample needs of an OpenAPI document. */
export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, JsonSchema> }
}

interface Operation {
  parameters?: {
    name: string
    in: 'path' | 'query' | 'header' | 'cookie'
    required?: boolean
    schema: JsonSchema
  }[]
  requestBody?: { content: Record<string, { schema?: JsonSchema }> }
}

/**
 * The least request that the document allows for an operation, so that it passes validation and reaches the use case.
 * @param route `METHOD /path` below `/api/v1`, as in the document: `PATCH /teams/{id}`.
 */
export function sampleRequest(document: ApiDocument, route: string, body?: unknown): Request {
  const [method = '', path = ''] = route.split(' ')
  const operation = document.paths[`/api/v1${path}`]?.[method.toLowerCase()]
  const parameters = (operation?.parameters ?? []).filter(({ required }) => required)
  const url = new URL(`http://localhost/api/v1${path}`)
  const headers = new Headers()
  for (const { name, in: place, schema } of parameters) {
    const value = String(sample(schema, document))
    if (place === 'path') url.pathname = decodeURI(url.pathname).replace(`{${name}}`, value)
    if (place === 'query') url.searchParams.set(name, value)
    if (place === 'header') headers.set(name, value)
  }
  const [content] = Object.entries(operation?.requestBody?.content ?? {})
  if (!content) return new Request(url, { method, headers })
  const [type, { schema }] = content
  headers.set('content-type', type)
  const value = body ?? (type.endsWith('json') ? sample(schema ?? {}, document) : 'bytes')
  return new Request(url, {
    method,
    headers,
    body: typeof value === 'string' ? value : JSON.stringify(value),
  })
}

/** A value that satisfies a schema of this API. */
export function sample(schema: JsonSchema, document: ApiDocument): unknown {
  const name = schema.$ref?.split('/').at(-1)
  if (name !== undefined) return sample(document.components?.schemas?.[name] ?? {}, document)
  const [option] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []
  if (option) return sample(option, document)
  if (schema.enum) return schema.enum[0]
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((field) => [field, sample(schema.properties?.[field] ?? {}, document)]),
      )
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}, document))
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, 0)
    case 'boolean':
      return false
    case 'null':
      return null
    default:
      return sampleText(schema)
  }
}

const formats: Record<string, string> = {
  uuid: '00000000-0000-4000-8000-000000000000',
  email: 'someone@example.org',
  date: '2027-01-01',
  'date-time': '2027-01-01T00:00:00Z',
  uri: 'https://example.org/',
}

function sampleText({ format, minLength, pattern }: JsonSchema): string {
  if (pattern?.startsWith('^\\d')) return '1'
  return formats[format ?? ''] ?? 'a'.repeat(Math.max(minLength ?? 1, 1))
}
