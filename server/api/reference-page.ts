import { createHash } from 'node:crypto'
import type { OpenApiDocument } from '@/server/api/openapi'
import {
  boundsOf,
  fieldRows,
  html,
  type JsonSchema,
  type Markup,
  typeOf,
} from '@/server/api/reference-schema'
import { referenceScript, referenceStyle } from '@/server/api/reference-style'

interface Operation {
  method: string
  path: string
  tag: string
  summary: string
  description?: string
  parameters: { name: string; in: string; required?: boolean; schema?: JsonSchema }[]
  body?: { type: string; schema?: JsonSchema }
  answers: { status: string; description: string; schema?: JsonSchema }[]
}

interface PageOptions {
  /** Where the API is reached, without a slash at its end. */
  origin: string
  theme: 'light' | 'dark' | undefined
}

/**
 * The API reference as one HTML page that loads nothing else: an entry for each operation of the document, with search,
 * fields, answers and the curl command that calls it.
 */
export function referencePage(document: OpenApiDocument, { origin, theme }: PageOptions): string {
  const operations = operationsOf(document)
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, JsonSchema>)
  const page = html`<!doctype html>
<html lang="en"${theme === undefined ? '' : html` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference · Entrepôt</title>
<style>${raw(referenceStyle)}</style>
</head>
<body>
<a class="skip" href="#operations">Skip to the operations</a>
<nav aria-label="Areas">
<p class="home"><a href="/">Entrepôt</a></p>
<label for="search">Search the API</label>
<input id="search" type="search" placeholder="files, POST, token …" autocomplete="off">
<ul>${tags.map((tag) => html`<li><a href="#tag-${slugOf(tag)}">${tag}</a></li>`)}<li><a href="#schemas">Schemas</a></li></ul>
</nav>
<main id="operations">
<h1>API reference</h1>
${paragraphs(document.info.description ?? '')}
<p>Send a token as <code>Authorization: Bearer ent_…</code>. The document itself:
<a href="/api/v1/openapi.json">openapi.json</a> (OpenAPI ${document.openapi}).</p>
<p id="found" role="status"></p>
${tags.map((tag) =>
  section(
    tag,
    operations.filter((operation) => operation.tag === tag),
    origin,
  ),
)}
<section><h2 id="schemas">Schemas</h2>${schemas.map(([name, schema]) => schemaEntry(name, schema))}</section>
</main>
<script>${raw(referenceScript)}</script>
</body>
</html>`
  return page.html
}

/** Its own style and script, by their hashes, and nothing else. */
function policy(): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return `default-src 'none'; style-src ${hash(referenceStyle)}; script-src ${hash(referenceScript)}; base-uri 'none'`
}

function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, RawOperation>).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      tag: operation.tags?.[0] ?? 'Other',
      summary: operation.summary ?? '',
      ...(operation.description !== undefined && { description: operation.description }),
      parameters: operation.parameters ?? [],
      ...bodyOf(operation),
      answers: Object.entries(operation.responses ?? {}).map(([status, { description, content }]) => ({
        status,
        description,
        ...schemaIn(content),
      })),
    })),
  )
}

type Content = Record<string, { schema?: JsonSchema }>
interface RawOperation {
  tags?: string[]
  summary?: string
  description?: string
  parameters?: Operation['parameters']
  requestBody?: { content?: Content }
  responses?: Record<string, { description: string; content?: Content }>
}

function bodyOf({ requestBody }: RawOperation): Pick<Operation, 'body'> {
  const [entry] = Object.entries(requestBody?.content ?? {})
  return entry ? { body: { type: entry[0], ...schemaIn(requestBody?.content) } } : {}
}

function schemaIn(content: Content | undefined): { schema?: JsonSchema } {
  const schema = Object.values(content ?? {})[0]?.schema
  return schema ? { schema } : {}
}

function section(tag: string, operations: Operation[], origin: string): Markup {
  return html`<section class="area"><h2 id="tag-${slugOf(tag)}">${tag}</h2>${operations.map((one) => entry(one, origin))}</section>`
}

function entry(operation: Operation, origin: string): Markup {
  const { method, path, summary, description, parameters, body, answers } = operation
  const id = slugOf(`${method} ${path}`)
  return html`<details class="operation" id="${id}" data-text="${`${method} ${path} ${summary} ${operation.tag}`.toLowerCase()}">
<summary><span class="method ${method.toLowerCase()}">${method}</span> <code class="path">${path}</code> <span class="what">${summary}</span></summary>
<div class="body">
${description === undefined ? '' : paragraphs(description)}
${parameters.length === 0 ? '' : table('Parameters', parameters.map(parameterRow))}
${body === undefined ? '' : bodyTable(body)}
<h3>Answers</h3>
<ul>${answers.map((answer) => html`<li><code>${answer.status}</code> ${answer.description}${answer.schema ? html` — ${typeOf(answer.schema)}` : ''}</li>`)}</ul>
<h3>With curl</h3>
<pre><code>${curl(operation, origin)}</code></pre>
</div>
</details>`
}

function parameterRow({ name, in: place, required, schema = {} }: Operation['parameters'][number]): Markup {
  return html`<tr><th scope="row"><code>${name}</code>${required ? html` <span class="must">required</span>` : ''}</th>
<td>${place}, ${typeOf(schema)}</td><td>${boundsOf(schema)}</td></tr>`
}

function bodyTable({ type, schema = {} }: { type: string; schema?: JsonSchema }): Markup {
  const rows = fieldRows(schema)
  if (rows.length > 0) return table(`Body, ${type}`, rows)
  return html`<h3>Body</h3><p><code>${type}</code>${Object.keys(schema).length > 0 ? html`: ${typeOf(schema)}` : ''}</p>`
}

function schemaEntry(name: string, schema: JsonSchema): Markup {
  const rows = fieldRows(schema)
  return html`<details class="schema" id="schema-${name}"><summary><code>${name}</code></summary>
<div class="body">${rows.length > 0 ? table('Fields', rows) : html`<p>${typeOf(schema)}</p>`}</div></details>`
}

function table(title: string, rows: Markup[]): Markup {
  return html`<h3>${title}</h3><div class="scroll" tabindex="0"><table><tbody>${rows}</tbody></table></div>`
}

function curl({ method, path, body }: Operation, origin: string): string {
  const verb = method === 'GET' ? '' : `-X ${method} `
  const lines = [`curl ${verb}'${origin}${path}'`, "-H 'Authorization: Bearer ent_…'"]
  if (body) lines.push(`-H 'Content-Type: ${body.type}'`)
  if (body?.schema?.properties) lines.push(`-d '${JSON.stringify(sampleOf(body.schema))}'`)
  else if (body) lines.push('--data-binary @file')
  return lines.join(' \\\n  ')
}

/** A body with its required fields only, for the command to copy. */
function sampleOf(schema: JsonSchema): Record<string, unknown> {
  const required = new Set(schema.required ?? Object.keys(schema.properties ?? {}).slice(0, 1))
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => required.has(name))
  return Object.fromEntries(fields.map(([name, field]) => [name, sampleValue(field)]))
}

function sampleValue({ type, enum: options, items, properties, required }: JsonSchema): unknown {
  if (options) return options[0]
  if (type === 'array') return items ? [sampleValue(items)] : []
  if (type === 'object' && properties) return sampleOf({ properties, ...(required && { required }) })
  if (type === 'integer' || type === 'number') return 1
  if (type === 'boolean') return true
  return '…'
}

/** Text as paragraphs, with `code` between backticks. */
function paragraphs(text: string): Markup[] {
  return text.split(/\n{2,}/).map((paragraph) => {
    const parts = paragraph.split('`')
    return html`<p>${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}</p>`
  })
}

function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

function raw(text: string): Markup {
  return { html: text }
}
