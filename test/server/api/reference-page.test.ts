import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { OpenApiDocument } from '@/server/api/openapi'
import { referencePage } from '@/server/api/reference-page'
import { boundsOf, html, typeOf } from '@/server/api/reference-schema'

const evil = '<img src=x onerror="alert(1)">'
const document = {
  openapi: '3.1.0',
  info: { title: 'Test', version: '1', description: 'Lists take `limit`.\n\nSecond paragraph.' },
  paths: {
    '/api/v1/things/{id}': {
      patch: {
        tags: ['Things'],
        summary: `Change ${evil}`,
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string', minLength: 1, maxLength: 100 },
                  size: { type: 'integer' },
                },
              },
            },
          },
        },
        responses: {
          200: {
            description: 'It',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
        },
      },
    },
  },
  components: { schemas: { Thing: { type: 'object', properties: { state: { enum: ['a', 'b'] } } } } },
} as unknown as OpenApiDocument

const page = referencePage(document, { origin: 'https://entrepot.example.org', theme: 'dark' })

describe('the reference page', () => {
  it('loads nothing from anywhere', () => {
    expect(page).not.toMatch(/<link|<img|<iframe|<script [^>]*src|@import|url\(/)
  })

  it('allows its own style and script by their hashes, and nothing else', () => {
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? []
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? []
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
    expect(policy).toMatch(/^default-src &#39;none&#39;;/)
    for (const text of [style, script]) {
      expect(text).not.toBe('')
      expect(policy).toContain(createHash('sha256').update(text).digest('base64'))
    }
  })

  it('shows each operation with its fields, answers and command', () => {
    expect(page).toContain('<html lang="en" data-theme="dark">')
    expect(page).toContain('id="patch-api-v1-things-id"')
    expect(page).toContain('1 to 100 characters')
    expect(page).toContain('<a href="#schema-Thing">Thing</a>')
    expect(page).toContain('id="schema-Thing"')
    expect(page).toContain('curl -X PATCH &#39;https://entrepot.example.org/api/v1/things/{id}&#39;')
    expect(page).toContain('{&#34;name&#34;:&#34;…&#34;}')
    expect(page).toContain('<p>Lists take <code>limit</code>.</p><p>Second paragraph.</p>')
  })

  it('shows text as text', () => {
    expect(page).not.toContain(evil)
    expect(page).toContain('Change &#60;img')
  })
})

describe('typeOf', () => {
  it.each([
    [{ type: 'string', format: 'uuid' }, 'string, uuid'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{ type: 'array', items: { $ref: '#/components/schemas/A' } }, 'array of <a href="#schema-A">A</a>'],
    [{ type: ['array', 'null'], items: { type: 'integer' } }, 'array of integer or null'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string or null'],
    [{ enum: ['a', 'b'] }, 'one of <code>a · b</code>'],
    [{}, 'any'],
  ])('%j', (schema, text) => expect(typeOf(schema).html).toBe(text))
})

describe('boundsOf', () => {
  it.each([
    [{ minimum: 1, maximum: 500, default: 50 }, '1 to 500; 50 if left out'],
    [{ minItems: 1 }, 'at least 1 item'],
    [{ maxLength: 200 }, 'at most 200 characters'],
    [{ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, 'at least 1'],
    [{ pattern: '^a$' }, 'like ^a$'],
    [{}, ''],
  ])('%j', (schema, text) => expect(boundsOf(schema)).toBe(text))
})

describe('html', () => {
  it('escapes what is inserted, but not markup', () => {
    expect(html`<p>${'<&"\'>'}${html`<b>${1}</b>`}${undefined}</p>`.html).toBe(
      '<p>&#60;&#38;&#34;&#39;&#62;<b>1</b></p>',
    )
  })
})
