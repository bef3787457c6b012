import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Actor } from '@/server/auth/permissions'
import { AppError } from '@/server/errors'
import { changeFiles } from '@/server/mirror/bulk-files'
import { changeUse } from '@/server/mirror/change-use'
import { declareFile } from '@/server/mirror/declare-file'
import { getFile } from '@/server/mirror/get-file'
import { listFiles } from '@/server/mirror/list-files'
import { readDownloads } from '@/server/mirror/read-downloads'
import { readMirrorOverview } from '@/server/mirror/read-overview'
import { retireUse } from '@/server/mirror/retire-use'
import { retryFile } from '@/server/mirror/retry-file'
import { uploadContent } from '@/server/mirror/upload-content'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const row = await createTeam(ctx)
const team = row.slug
const member = await createActor(ctx, 'member', [row])
const maintainer = await createActor(ctx, 'maintainer', [row])

let count = 0
const declared = async (extra: { sha256?: string } = {}) => {
  count += 1
  const uri = `https://uses.example.org/${count}.tar.gz`
  return (await declareFile(ctx, member, { uri, team, reason: 'To test.', ...extra })).file
}
const bytes = (text: string) => Readable.from([Buffer.from(text)])
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'allowed',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )
}

async function failed() {
  const file = await declared()
  await ctx.db.task.deleteMany({ where: { subjectId: file.id } })
  await ctx.db.file.update({ where: { id: file.id }, data: { state: 'failed', error: 'gone' } })
  return file
}

describe('uses', () => {
  it('change their words, and the log keeps both', async () => {
    const file = await declared()
    const [use] = file.uses
    const id = use?.id as string
    expect(await changeUse(ctx, member, { id, reason: 'Better said.', licence: 'apache-2.0' })).toMatchObject(
      {
        reason: 'Better said.',
        licence: 'Apache-2.0',
      },
    )
    const entry = await ctx.db.auditEntry.findFirstOrThrow({
      where: { action: 'use.change', subjectId: file.id },
    })
    expect(entry.details).toMatchObject({ before: { reason: 'To test.' }, after: { reason: 'Better said.' } })
  })

  it('retire with a reason: the file shows it, the bytes stay', async () => {
    const file = await declared()
    await uploadContent(ctx, maintainer, { id: file.id, body: bytes('kept') })
    const id = file.uses[0]?.id as string
    await retireUse(ctx, member, { id, reason: 'Replaced.' })
    const after = await getFile(ctx, member, { id: file.id })
    expect(after).toMatchObject({ state: 'retired', sha256: sha256('kept') })
    expect(await codeOf(retireUse(ctx, member, { id, reason: 'Again.' }))).toBe('conflict')
    const { items } = await listFiles(ctx, member, { state: 'retired', limit: 50 })
    expect(items.map((item) => item.id)).toContain(file.id)
  })

  it('are the team’s own', async () => {
    const stranger = await createActor(ctx, 'maintainer', [await createTeam(ctx)])
    const id = (await declared()).uses[0]?.id as string
    expect(await codeOf(changeUse(ctx, stranger, { id, reason: 'Mine.' }))).toBe('forbidden')
    expect(await codeOf(retireUse(ctx, stranger, { id, reason: 'Mine.' }))).toBe('forbidden')
  })
})

describe('retrying', () => {
  it('queues a fetch of what failed, and of nothing else', async () => {
    const file = await failed()
    expect(await retryFile(ctx, member, { id: file.id })).toMatchObject({
      state: 'waiting',
      kind: 'fetch_file',
    })
    expect(await codeOf(retryFile(ctx, member, { id: file.id }))).toBe('conflict')
  })

  it('works on many, and passes over the others', async () => {
    const [one, two, fine] = [await failed(), await failed(), await declared()]
    const ids = [one.id, two.id, fine.id]
    expect(await changeFiles(ctx, member, { ids, action: 'retry', dryRun: true })).toEqual({ changed: 2 })
    expect(await ctx.db.file.count({ where: { id: { in: ids }, state: 'failed' } })).toBe(2)
    expect(await changeFiles(ctx, member, { ids, action: 'retry' })).toEqual({ changed: 2 })
    expect(await changeFiles(ctx, member, { ids, action: 'retire', team, reason: 'Done.' })).toEqual({
      changed: 3,
    })
    expect(await codeOf(changeFiles(ctx, member, { ids, action: 'retire', team }))).toBe('invalid')
  })
})

describe('uploading by hand', () => {
  it('stores under the declared URL, marked, and ends the fetch', async () => {
    const file = await declared()
    const stored = await uploadContent(ctx, maintainer, {
      id: file.id,
      body: bytes('by hand'),
      contentType: 'text/plain',
    })
    expect(stored).toMatchObject({
      state: 'stored',
      origin: 'upload',
      sha256: sha256('by hand'),
      contentType: 'text/plain',
    })
    const task = await ctx.db.task.findFirstOrThrow({ where: { subjectId: file.id } })
    expect(task.cancelRequestedAt).not.toBeNull()
  })

  it('never replaces, and keeps nothing of a wrong body', async () => {
    const file = await declared({ sha256: sha256('right') })
    expect(await codeOf(uploadContent(ctx, maintainer, { id: file.id, body: bytes('wrong') }))).toBe(
      'digest_mismatch',
    )
    const left: string[] = []
    for await (const key of ctx.storage.list('incoming')) left.push(key)
    expect(left).toEqual([])
    await uploadContent(ctx, maintainer, { id: file.id, body: bytes('right') })
    expect(await codeOf(uploadContent(ctx, maintainer, { id: file.id, body: bytes('right') }))).toBe(
      'conflict',
    )
  })

  it('is for maintainers of a team that uses it', async () => {
    const stranger = await createActor(ctx, 'maintainer', [await createTeam(ctx)])
    const file = await declared()
    const attempt = (actor: Actor) => codeOf(uploadContent(ctx, actor, { id: file.id, body: bytes('x') }))
    expect([await attempt(member), await attempt(stranger)]).toEqual(['forbidden', 'forbidden'])
  })
})

describe('figures', () => {
  it('have a point for every day, and the teams', async () => {
    const file = await declared()
    const day = new Date(new Date().toISOString().slice(0, 10))
    await ctx.db.downloadDay.create({ data: { fileId: file.id, day, teamId: row.id, count: 3, bytes: 30 } })
    const figures = await readDownloads(ctx, member, { id: file.id, days: 7 })
    expect(figures.days).toHaveLength(7)
    expect(figures.days.at(-1)).toEqual({ day: day.toISOString().slice(0, 10), count: 3, bytes: 30 })
    expect(figures).toMatchObject({ total: 3, teams: [{ team, count: 3, bytes: 30 }] })
    const overview = await readMirrorOverview(ctx, member)
    expect(overview.downloads).toHaveLength(30)
    expect(overview.downloads.at(-1)?.count).toBeGreaterThanOrEqual(3)
  })

  it('agree with the rows', async () => {
    const overview = await readMirrorOverview(ctx, member)
    for (const state of ['pending', 'stored', 'failed'] as const) {
      expect(overview.files[state]).toBe(await ctx.db.file.count({ where: { state } }))
    }
  })
})
