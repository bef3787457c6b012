import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { recordAudit } from '@/server/audit/record'
import type { AuditEntry } from '@/server/audit/schema'
import type { Actor } from '@/server/auth/permissions'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
let ada: Actor
let token: string
const subjectId = randomUUID()

interface Page {
  items: AuditEntry[]
  nextCursor: string | null
}
const read = async (query: string) => (await (await call(`/audit?${query}`, { token })).json()) as Page
const names = async (query: string) => (await read(query)).items.map(({ subject }) => subject.name)

beforeAll(async () => {
  ada = await createActor(ctx, 'maintainer')
  token = await createSecret(ctx, ada, { scopes: ['manage'] })
  const grace: Actor = { ...ada, id: randomUUID(), name: 'Grace' }
  const record = (actor: Actor, action: string, name: string) =>
    recordAudit(ctx.db, ctx, actor, {
      action,
      subject: { type: action.split('.')[0] ?? '', id: subjectId, name },
    })
  await record(ada, 'file.declare', 'https://example.org/one')
  await record(grace, 'file.retire', 'https://example.org/two')
  await record(ada, 'team.create', 'three')
})

describe('the audit log', () => {
  it('is read newest first, by page', async () => {
    const first = await read('limit=2')
    expect(first.items.map(({ subject }) => subject.name)).toEqual(['three', 'https://example.org/two'])
    const second = await read(`limit=2&cursor=${first.nextCursor}`)
    expect(second).toMatchObject({
      items: [{ subject: { name: 'https://example.org/one' } }],
      nextCursor: null,
    })
    expect(second.items[0]).toMatchObject({
      actor: { type: 'user', id: ada.id, name: ada.name },
      action: 'file.declare',
      subject: { type: 'file', id: subjectId },
      details: {},
    })
  })

  it.each([
    ['action=file.declare', ['https://example.org/one']],
    ['action=file.', ['https://example.org/two', 'https://example.org/one']],
    ['action=file', []],
    ['q=EXAMPLE.org', ['https://example.org/two', 'https://example.org/one']],
    ['q=grace', ['https://example.org/two']],
    ['q=100%25', []],
    ['subjectType=team', ['three']],
    [`subjectId=${subjectId}&limit=1`, ['three']],
    ['from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z', []],
    ['to=2020-01-02T00:00:00Z', []],
    ['from=2020-01-01T00:00:00Z&action=team.create', ['three']],
  ])('is filtered by %s', async (query, expected) => expect(await names(query)).toEqual(expected))

  it('is filtered by actor and by span of time', async () => {
    expect(await names(`actorId=${ada.id}`)).toEqual(['three', 'https://example.org/one'])
    const { items } = await read('limit=3')
    const [newest, , oldest] = items as [AuditEntry, AuditEntry, AuditEntry]
    expect(await names(`from=${oldest.at}&to=${newest.at}`)).toContain('https://example.org/one')
    expect(await names(`from=${newest.at}`)).toContain('three')
    expect(await names(`to=${oldest.at}`)).not.toContain('https://example.org/one')
  })

  it('refuses a cursor or an instant that is none', async () => {
    for (const query of [
      'cursor=abc',
      `cursor=${Buffer.from('["x"]').toString('base64url')}`,
      'from=yesterday',
    ]) {
      expect((await call(`/audit?${query}`, { token })).status).toBe(400)
    }
  })
})

describe('the export', () => {
  it('streams every entry as a line, in pages nobody sees', async () => {
    const many = Array.from({ length: 1100 }, (_, index) => ({
      action: 'bulk.add',
      subject: { type: 'bulk', id: null, name: `n${index}` },
    }))
    await recordAudit(ctx.db, ctx, ada, ...many)
    const response = await call('/audit.ndjson?action=bulk.', { token })
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = (await response.text()).trimEnd().split('\n')
    const entries = lines.map((line) => JSON.parse(line) as AuditEntry)
    expect(new Set(entries.map(({ subject }) => subject.name)).size).toBe(1100)
    expect(entries.map(({ id }) => id)).toEqual(
      entries
        .map(({ id }) => id)
        .sort()
        .reverse(),
    )
  })

  it('is for maintainers, and says so before the first byte', async () => {
    const member = await createSecret(ctx, await createActor(ctx, 'member'))
    expect((await call('/audit.ndjson', { token: member })).status).toBe(403)
  })

  it('of nothing is empty', async () => {
    const response = await call('/audit.ndjson?action=none', { token })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })
})
