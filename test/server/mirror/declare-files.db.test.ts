import { beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '@/server/auth/permissions'
import { AppError } from '@/server/errors'
import { declareFile } from '@/server/mirror/declare-file'
import { declareFiles } from '@/server/mirror/declare-files'
import { listMisses } from '@/server/mirror/list-misses'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
let member: Actor
let team: string

beforeEach(async () => {
  const row = await createTeam(ctx)
  team = row.slug
  member = await createActor(ctx, 'member', [row])
})

let count = 0
const fresh = () => `https://files.example.org/${count++}.tar.gz`
const rows = async () => [
  await ctx.db.file.count(),
  await ctx.db.use.count(),
  await ctx.db.task.count(),
  await ctx.db.auditEntry.count(),
]

async function fault(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof AppError)) throw new Error('It was not refused.')
  return error
}

describe('declaring one URL', () => {
  it('makes the file, the use, the task and the audit entry together', async () => {
    const uri = fresh()
    const { outcome, file } = await declareFile(ctx, member, {
      uri,
      team,
      reason: 'To test.',
      licence: 'mit',
    })
    expect(outcome).toBe('new')
    expect(file).toMatchObject({ uri, state: 'pending', uses: [{ reason: 'To test.', licence: 'MIT' }] })
    const task = await ctx.db.task.findFirst({ where: { subjectId: file.id } })
    expect(task).toMatchObject({ kind: 'fetch_file', state: 'waiting', ownerId: member.userId })
    expect(await ctx.db.auditEntry.findFirst({ where: { subjectId: file.id } })).toMatchObject({
      action: 'file.declare',
    })
  })

  it('adds a use for another team, and nothing for the same', async () => {
    const uri = fresh()
    const other = await createTeam(ctx)
    const colleague = await createActor(ctx, 'member', [other])
    await declareFile(ctx, member, { uri, team, reason: 'First.' })
    const again = await declareFile(ctx, member, { uri, team, reason: 'Again.' })
    const second = await declareFile(ctx, colleague, { uri, team: other.slug, reason: 'Second.' })
    expect([again.outcome, second.outcome]).toEqual(['known', 'use'])
    expect(second.file.uses.map((use) => use.reason)).toEqual(['First.', 'Second.'])
    expect(await ctx.db.task.count({ where: { subjectId: second.file.id } })).toBe(1)
  })

  it('is one file when two declare it at once', async () => {
    const uri = fresh()
    const other = await createTeam(ctx)
    const colleague = await createActor(ctx, 'member', [other])
    const both = await Promise.all([
      declareFile(ctx, member, { uri, team, reason: 'One.' }),
      declareFile(ctx, colleague, { uri, team: other.slug, reason: 'Two.' }),
    ])
    expect(new Set(both.map(({ file }) => file.id)).size).toBe(1)
    expect(await ctx.db.use.count({ where: { fileId: both[0].file.id } })).toBe(2)
    expect(await ctx.db.task.count({ where: { subjectId: both[0].file.id } })).toBe(1)
  })

  it.each([
    ['uri', { uri: 'ftp://files.example.org/x' }],
    ['uri', { uri: 'https://user:secret@files.example.org/x' }],
    ['uri', { uri: 'https://files.example.org/x#part' }],
    ['licence', { licence: 'GPL-4' }],
    ['team', { team: 'nobody' }],
    ['sha256', { sha256: 'abc' }],
    ['integrity', { integrity: 'md5-AAAA' }],
  ])('names the field %s for %j, and saves nothing', async (path, wrong) => {
    const administrator = await createActor(ctx, 'administrator')
    const before = await rows()
    const error = await fault(declareFile(ctx, administrator, { uri: fresh(), team, reason: 'x', ...wrong }))
    expect(error.code).toBe('invalid')
    expect(error.fields.map((field) => field.path)).toEqual([path])
    expect(await rows()).toEqual(before)
  })

  it('refuses viewers, and members of other teams', async () => {
    const viewer = await createActor(ctx, 'viewer', member.teams)
    const stranger = await createActor(ctx, 'member', [await createTeam(ctx)])
    for (const actor of [viewer, stranger]) {
      expect((await fault(declareFile(ctx, actor, { uri: fresh(), team, reason: 'x' }))).code).toBe(
        'forbidden',
      )
    }
  })

  it('changes nothing in a rehearsal, and says what would happen', async () => {
    const uri = fresh()
    const before = await rows()
    const { outcome, file } = await declareFile(ctx, member, { uri, team, reason: 'x' }, { dryRun: true })
    expect(outcome).toBe('new')
    expect(file.uses).toHaveLength(1)
    expect(await rows()).toEqual(before)
  })

  it('fetches again what had failed, and answers the miss', async () => {
    const uri = fresh()
    const { file } = await declareFile(ctx, member, { uri, team, reason: 'x' })
    await ctx.db.file.update({ where: { id: file.id }, data: { state: 'failed', error: '404', attempts: 3 } })
    const at = { firstSeenAt: new Date(), lastSeenAt: new Date() }
    await ctx.db.miss.create({ data: { url: uri, host: 'files.example.org', ...at } })
    const again = await declareFile(ctx, member, { uri, team, reason: 'x' })
    expect(again.file).toMatchObject({ state: 'pending', error: null, attempts: 0 })
    const { items } = await listMisses(ctx, member, { state: 'declared', limit: 500 })
    expect(items.find((miss) => miss.url === uri)?.fileId).toBe(file.id)
  })
})

describe('expected hashes', () => {
  const hex = (digit: string) => digit.repeat(64)

  it('are kept, and a contradiction names both', async () => {
    const uri = fresh()
    const { file } = await declareFile(ctx, member, { uri, team, reason: 'x', sha256: hex('a') })
    expect(file.expectedIntegrity).toMatch(/^sha256-/)
    const error = await fault(
      declareFile(ctx, member, { uri, team, reason: 'x', sha256: hex('b'), project: 'p' }),
    )
    expect(error.code).toBe('conflict')
    expect(error.message).toContain(file.expectedIntegrity)
  })

  it('are compared with the bytes that are stored', async () => {
    const uri = fresh()
    const { file } = await declareFile(ctx, member, { uri, team, reason: 'x' })
    await ctx.db.blob.create({ data: { sha256: hex('c'), size: 1 } })
    const stored = { state: 'stored' as const, sha256: hex('c'), size: 1, storedAt: new Date() }
    await ctx.db.file.update({ where: { id: file.id }, data: stored })
    const other = { uri, team, reason: 'x', project: 'other' }
    expect((await fault(declareFile(ctx, member, { ...other, sha256: hex('d') }))).code).toBe('conflict')
    expect((await declareFile(ctx, member, { ...other, sha256: hex('c') })).outcome).toBe('use')
  })
})

describe('declaring many', () => {
  it('reports line by line, and repeats once', async () => {
    const [known, first] = [fresh(), fresh()]
    await declareFile(ctx, member, { uri: known, team, reason: 'x' })
    const files = [known, first, first].map((uri) => ({ uri }))
    const result = await declareFiles(ctx, member, { files, team, reason: 'x' })
    expect(result.items.map((item) => item.outcome)).toEqual(['known', 'new', 'repeat'])
    expect([result.created, result.usesAdded]).toEqual([1, 1])
  })

  it('lists every bad line at once and saves none', async () => {
    const before = await rows()
    const files = [{ uri: fresh() }, { uri: 'nonsense' }, { uri: fresh(), sha256: 'x' }]
    const error = await fault(declareFiles(ctx, member, { files, team, reason: 'x' }))
    expect(error.fields.map((field) => field.path)).toEqual(['files.1.uri', 'files.2.sha256'])
    expect(await rows()).toEqual(before)
  })

  it('takes ten thousand, each with its task and audit entry', async () => {
    const files = Array.from({ length: 10_000 }, (_, n) => ({ uri: `https://bulk.example.org/${n}` }))
    const result = await declareFiles(ctx, member, { files, team, reason: 'Bulk.' })
    expect(result.created).toBe(10_000)
    expect(await ctx.db.task.count({ where: { title: { startsWith: 'Fetch https://bulk.' } } })).toBe(10_000)
    expect(await ctx.db.auditEntry.count({ where: { subjectName: { startsWith: 'https://bulk.' } } })).toBe(
      10_000,
    )
  })
})
