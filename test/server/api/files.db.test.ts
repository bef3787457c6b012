import { beforeAll, describe, expect, it } from 'vitest'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
let token: string
let viewing: string

beforeAll(async () => {
  const team = await createTeam(ctx, 'red')
  token = await createSecret(ctx, await createActor(ctx, 'maintainer', [team]))
  viewing = await createSecret(ctx, await createActor(ctx, 'viewer', [team]), { scopes: ['read'] })
})

let count = 0
const fresh = () => `https://api.example.org/${count++}.tar.gz`
const use = { team: 'red', reason: 'To test.' }
const files = () => ctx.db.file.count()

async function declare(uri = fresh()) {
  const response = await call('/files', { token, json: { uri, ...use } })
  return (await response.json()) as { id: string; uri: string; uses: { id: string }[] }
}

describe('POST /files', () => {
  it('answers 201 for a new URL and 200 for a known one, with the file', async () => {
    const uri = fresh()
    const first = await call('/files', { token, json: { uri, ...use, licence: 'mit' } })
    expect(first.status).toBe(201)
    const file = await first.json()
    expect(file).toMatchObject({ uri, state: 'pending', uses: [{ team: { slug: 'red' }, licence: 'MIT' }] })
    const second = await call('/files', { token, json: { uri, ...use, project: 'other' } })
    expect(second.status).toBe(200)
    expect(await second.json()).toMatchObject({ id: file.id, uses: [{}, { project: 'other' }] })
  })

  it.each([
    ['uri', { ...use, uri: '' }],
    ['uri', { ...use, uri: 'https://user:secret@api.example.org/' }],
    ['uri', { ...use, uri: `https://api.example.org/${'a'.repeat(2100)}` }],
    ['reason', { team: 'red', uri: 'https://api.example.org/x' }],
    ['reason', { team: 'red', uri: 'https://api.example.org/x', reason: '  \n ' }],
    ['team', { reason: 'x', uri: 'https://api.example.org/x', team: 'No Team' }],
    ['licence', { ...use, uri: 'https://api.example.org/x', licence: 'Apache 2.0' }],
    ['sha256', { ...use, uri: 'https://api.example.org/x', sha256: 'zz' }],
    ['integrity', { ...use, uri: 'https://api.example.org/x', integrity: 'md5-xyz' }],
  ])('answers 400 with a fault of %s, and saves nothing', async (path, json) => {
    const before = await files()
    const response = await call('/files', { token, json })
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = await response.json()
    expect(problem).toMatchObject({ code: 'invalid', fields: [{ path, message: expect.any(String) }] })
    expect(await files()).toBe(before)
  })

  it('answers 409 for a hash that contradicts an earlier one', async () => {
    const uri = fresh()
    await call('/files', { token, json: { uri, ...use, sha256: 'a'.repeat(64) } })
    const response = await call('/files', {
      token,
      json: { uri, ...use, project: 'p', sha256: 'b'.repeat(64) },
    })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ code: 'conflict', fields: [{ path: 'uri' }] })
  })

  it('answers 403 to viewers, and changes nothing with dryRun', async () => {
    const before = await files()
    expect((await call('/files', { token: viewing, json: { uri: fresh(), ...use } })).status).toBe(403)
    expect((await call('/files?dryRun=true', { token, json: { uri: fresh(), ...use } })).status).toBe(201)
    expect(await files()).toBe(before)
  })
})

describe('POST /files/batch', () => {
  it('lists every line that is wrong, by its place', async () => {
    const before = await files()
    const lines = [
      { uri: fresh() },
      { uri: 'x' },
      { uri: fresh(), sha256: 'x' },
      { uri: 'ftp://api.example.org/' },
    ]
    const response = await call('/files/batch', {
      token,
      json: { files: lines, ...use, licence: 'nonsense' },
    })
    expect(response.status).toBe(400)
    const { fields } = (await response.json()) as { fields: { path: string }[] }
    expect(fields.map(({ path }) => path).sort()).toEqual([
      'files.1.uri',
      'files.2.sha256',
      'files.3.uri',
      'licence',
    ])
    expect(await files()).toBe(before)
  })

  it('refuses more than ten thousand lines', async () => {
    const lines = Array.from({ length: 10_001 }, (_, n) => ({ uri: `https://api.example.org/many/${n}` }))
    const response = await call('/files/batch', { token, json: { files: lines, ...use } })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ fields: [{ path: 'files' }] })
  })

  it('says with dryRun what would become of each line', async () => {
    const known = await declare()
    const before = await files()
    const one = fresh()
    const lines = [{ uri: one }, { uri: known.uri }, { uri: one }]
    const response = await call('/files/batch?dryRun=true', { token, json: { files: lines, ...use } })
    expect(await response.json()).toEqual({
      items: [
        { uri: one, id: null, outcome: 'new' },
        { uri: known.uri, id: known.id, outcome: 'known' },
        { uri: one, id: null, outcome: 'repeat' },
      ],
      created: 1,
      usesAdded: 1,
    })
    expect(await files()).toBe(before)
  })
})

describe('uploads', () => {
  it('stream into a declared file, once', async () => {
    const { id } = await declare()
    const put = () =>
      call(`/files/${id}/content`, {
        token,
        method: 'PUT',
        body: new Blob(['hello']).stream(),
        headers: { 'content-type': 'application/x-test' },
      })
    const first = await put()
    expect(first.status).toBe(200)
    expect(await first.json()).toMatchObject({ state: 'stored', size: 5, contentType: 'application/x-test' })
    expect((await put()).status).toBe(409)
  })

  it('declare and store in one request', async () => {
    const query = new URLSearchParams({ uri: fresh(), ...use, licence: 'zlib' })
    const response = await call(`/files/upload?${query}`, { token, body: 'hello' })
    expect(response.status).toBe(201)
    expect(await response.json()).toMatchObject({
      state: 'stored',
      origin: 'upload',
      uses: [{ licence: 'Zlib' }],
    })
  })

  it('without a body, or without a reason, are refused', async () => {
    const withReason = new URLSearchParams({ uri: fresh(), ...use })
    expect((await call(`/files/upload?${withReason}`, { token, method: 'POST' })).status).toBe(400)
    const without = new URLSearchParams({ uri: fresh(), team: 'red' })
    const response = await call(`/files/upload?${without}`, { token, body: 'hello' })
    expect(await response.json()).toMatchObject({
      fields: [{ path: 'reason', message: 'Say why you need it.' }],
    })
  })
})

describe('reading', () => {
  it('a file, its downloads and its uses', async () => {
    const file = await declare()
    const response = await call(`/files/${file.id}`, { token: viewing })
    expect(response.headers.get('etag')).toMatch(/^W\/"[\w-]{22}"$/)
    const downloads = await (await call(`/files/${file.id}/downloads?days=7`, { token: viewing })).json()
    expect(downloads).toMatchObject({ teams: [], total: 0, lastDay: null })
    expect(downloads.days).toHaveLength(7)
    const uses = await (
      await call(`/uses?team=red&q=${encodeURIComponent(file.uri)}`, { token: viewing })
    ).json()
    expect(uses.items).toMatchObject([{ id: file.uses[0]?.id, subject: { id: file.id } }])
    const missing = await call('/files/00000000-0000-7000-8000-000000000000/downloads', { token: viewing })
    expect(missing.status).toBe(404)
  })

  it('the list as CSV, with the filter of the list', async () => {
    const { uri } = await declare()
    const response = await call(`/files.csv?q=${encodeURIComponent(uri)}`, { token: viewing })
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="files.csv"')
    const lines = (await response.text()).trim().split('\r\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain(uri)
  })

  it('what can be filtered by', async () => {
    const response = await call('/files/facets', { token: viewing })
    expect(await response.json()).toMatchObject({
      hosts: [{ value: 'api.example.org' }],
      teams: [{ value: 'red' }],
      isEstimate: false,
    })
  })
})

describe('a change of a use', () => {
  it('is refused when it is based on something else', async () => {
    const id = (await declare()).uses[0]?.id
    const etag = (await call(`/uses/${id}`, { token })).headers.get('etag') ?? ''
    const patch = (reason: string) =>
      call(`/uses/${id}`, { token, method: 'PATCH', json: { reason }, headers: { 'if-match': etag } })
    const first = await patch('Said better.')
    expect(first.status).toBe(200)
    expect(first.headers.get('etag')).not.toBe(etag)
    const second = await patch('Lost.')
    expect(second.status).toBe(412)
    expect(await second.json()).toMatchObject({ code: 'precondition_failed' })
    const late = { token, json: { reason: 'x' }, headers: { 'if-match': etag } }
    expect((await call(`/uses/${id}/retire`, late)).status).toBe(412)
  })
})
