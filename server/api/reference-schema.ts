/** The part of a JSON schema (as OpenAPI 3.1 has it) that the reference page shows. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  description?: string
  enum?: unknown[]
  default?: unknown
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

export interface Markup {
  html: string
}

/** HTML with every inserted string escaped; lists are joined, and what is markup already stays. */
export function html(parts: TemplateStringsArray, ...values: Inserted[]): Markup {
  const inserted = values.map((value) => insert(value))
  return { html: parts.map((part, index) => part + (inserted[index] ?? '')).join('') }
}

type Inserted = string | number | undefined | Markup | readonly Markup[]

function insert(value: Inserted): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return 'html' in value ? value.html : value.map((one) => one.html).join('')
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A schema in a few words: `string, uuid`, `array of User`, `one of a, b`. Named schemas become links. */
export function typeOf(schema: JsonSchema): Markup {
  const name = refName(schema)
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (options) return joined(options.map(typeOf), schema.allOf ? ' and ' : ' or ')
  if (schema.enum) return html`one of <code>${schema.enum.map(String).join(' · ')}</code>`
  const types = [schema.type ?? 'any'].flat()
  if (types.includes('array')) {
    return html`array of ${typeOf(schema.items ?? {})}${types.includes('null') ? ' or null' : ''}`
  }
  return html`${types.join(' or ')}${schema.format === undefined ? '' : `, ${schema.format}`}`
}

/** What a value must keep to: bounds, pattern, default. */
export function boundsOf(schema: JsonSchema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema
  const facts = [
    range(minimum, maximum, ''),
    range(minLength, maxLength, ' character'),
    range(minItems, maxItems, ' item'),
    pattern === undefined ? undefined : `like ${pattern}`,
    schema.default === undefined ? undefined : `${JSON.stringify(schema.default)} if left out`,
  ]
  return facts.filter((fact) => fact !== undefined).join('; ')
}

/** The fields of an object schema as table rows. */
export function fieldRows(schema: JsonSchema): Markup[] {
  return Object.entries(schema.properties ?? {}).map(
    ([name, field]) => html`<tr>
      <th scope="row"><code>${name}</code>${schema.required?.includes(name) ? html` <span class="must">required</span>` : ''}</th>
      <td>${typeOf(field)}</td>
      <td>${boundsOf(field.type === 'array' && field.items ? { ...field.items, ...field } : field)}</td>
    </tr>`,
  )
}

function range(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  const lowest = least === Number.MIN_SAFE_INTEGER ? undefined : least
  const highest = most === Number.MAX_SAFE_INTEGER ? undefined : most
  const units = (count: number) => (unit === '' ? '' : `${unit}${count === 1 ? '' : 's'}`)
  if (lowest !== undefined && highest !== undefined) return `${lowest} to ${highest}${units(highest)}`
  if (lowest !== undefined) return `at least ${lowest}${units(lowest)}`
  return highest === undefined ? undefined : `at most ${highest}${units(highest)}`
}

function joined(parts: Markup[], separator: string): Markup {
  return { html: parts.map((part) => part.html).join(separator) }
}

function refName({ $ref }: JsonSchema): string | undefined {
  return $ref?.split('/').at(-1)
}
