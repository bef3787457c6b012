import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '@/server/auth/permissions'
import { declareFile } from '@/server/mirror/declare-file'
import { uploadContent } from '@/server/mirror/upload-content'
import { uploadFile } from '@/server/mirror/upload-file'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
let maintainer: Actor
let team: string

beforeEach(async () => {
  const row = await createTeam(ctx)
  team = row.slug
  maintainer = await createActor(ctx, 'maintainer', [row])
})

let count = 0
const fresh = () => `https://gone.example.org/${count++}.tar.gz`
const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')
const bytes = (content: string) => Readable.from(Buffer.from(content))
const rows = async () => [await ctx.db.file.count(), await ctx.db.use.count(), await ctx.db.blob.count()]

async function incoming(): Promise<string[]> {
  const keys: string[] = []
  for await (const key of ctx.storage.list('incoming/')) keys.push(key)
  return keys
}

describe('declaring and uploading at once', () => {
  it('stores the bytes under the URL, marked, and never asks for them there', async () => {
    const uri = fresh()
    const input = { uri, team, reason: 'Its host is gone.', body: bytes('hello'), contentType: 'text/plain' }
    const { outcome, file } = await uploadFile(ctx, maintainer, input)
    expect(outcome).toBe('new')
    expect(file).toMatchObject({
      state: 'stored',
      origin: 'upload',
      sha256: sha256('hello'),
      size: 5,
      taskId: null,
    })
    expect(file).toMatchObject({ contentType: 'text/plain', uses: [{ reason: 'Its host is gone.' }] })
    const actions = await ctx.db.auditEntry.findMany({
      where: { subjectId: file.id },
      orderBy: { id: 'asc' },
    })
    expect(actions.map(({ action }) => action).sort()).toEqual(['file.declare', 'file.upload'])
  })

  it('takes over a file whose fetch failed, and ends no task that is over', async () => {
    const uri = fresh()
    const { file } = await declareFile(ctx, maintainer, { uri, team, reason: 'x' })
    await ctx.db.file.update({ where: { id: file.id }, data: { state: 'failed', error: '404' } })
    const result = await uploadFile(ctx, maintainer, { uri, team, reason: 'x', body: bytes('a') })
    expect(result).toMatchObject({ outcome: 'known', file: { id: file.id, state: 'stored', error: null } })
    expect(await ctx.db.task.count({ where: { subjectId: file.id } })).toBe(1)
  })

  it.each([
    ['no body', 'invalid', {}],
    ['an empty body', 'invalid', { body: bytes('') }],
    ['other bytes than declared', 'digest_mismatch', { body: bytes('b'), sha256: sha256('a') }],
    ['an unknown licence', 'invalid', { body: bytes('a'), licence: 'GPL-4' }],
    ['a URL of another scheme', 'invalid', { body: bytes('a'), uri: 'ftp://gone.example.org/' }],
    ['a client that leaves', 'cancelled', { body: bytes('a'), signal: AbortSignal.abort() }],
  ])('refuses %s, and keeps nothing of it', async (_, code, wrong) => {
    const before = await rows()
    const input = { uri: fresh(), team, reason: 'x', body: undefined, ...wrong }
    await expect(uploadFile(ctx, maintainer, input)).rejects.toMatchObject({ code })
    expect(await rows()).toEqual(before)
    expect(await incoming()).toEqual([])
  })

  it('takes an empty file when its hash asks for it', async () => {
    const input = { uri: fresh(), team, reason: 'x', body: bytes(''), sha256: sha256('') }
    expect((await uploadFile(ctx, maintainer, input)).file.size).toBe(0)
  })

  it('never replaces what is stored, whatever is sent', async () => {
    const uri = fresh()
    await uploadFile(ctx, maintainer, { uri, team, reason: 'x', body: bytes('first') })
    const again = uploadFile(ctx, maintainer, { uri, team, reason: 'x', project: 'p', body: bytes('second') })
    await expect(again).rejects.toMatchObject({ code: 'conflict' })
    expect((await ctx.db.file.findUniqueOrThrow({ where: { uri } })).sha256).toBe(sha256('first'))
    expect(await ctx.db.use.count({ where: { file: { uri } } })).toBe(1)
  })

  it('lets one of two win that come at once', async () => {
    const uri = fresh()
    const both = await Promise.allSettled(
      ['one', 'two'].map((content) =>
        uploadFile(ctx, maintainer, { uri, team, reason: 'x', project: content, body: bytes(content) }),
      ),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const file = await ctx.db.file.findUniqueOrThrow({ where: { uri }, include: { uses: true } })
    expect(file.uses.map((use) => sha256(use.project ?? ''))).toEqual([file.sha256])
  })

  it('is for maintainers of the team', async () => {
    const member = await createActor(ctx, 'member', maintainer.teams)
    const stranger = await createActor(ctx, 'maintainer', [await createTeam(ctx)])
    for (const actor of [member, stranger]) {
      const upload = uploadFile(ctx, actor, { uri: fresh(), team, reason: 'x', body: bytes('a') })
      await expect(upload).rejects.toMatchObject({ code: 'forbidden' })
    }
  })

  it('in a rehearsal says what would happen, without a body', async () => {
    const before = await rows()
    const input = { uri: fresh(), team, reason: 'x', body: undefined, dryRun: true }
    expect((await uploadFile(ctx, maintainer, input)).outcome).toBe('new')
    expect(await rows()).toEqual(before)
  })
})

describe('uploading for a declared URL', () => {
  it('is judged by what is expected when the bytes have come', async () => {
    const uri = fresh()
    const { file } = await declareFile(ctx, maintainer, { uri, team, reason: 'x' })
    const body = Readable.from(
      (async function* () {
        yield Buffer.from('a')
        // While the body is on its way, somebody declares what it must be.
        await declareFile(ctx, maintainer, { uri, team, reason: 'x', sha256: sha256('b') })
      })(),
    )
    await expect(uploadContent(ctx, maintainer, { id: file.id, body })).rejects.toMatchObject({
      code: 'digest_mismatch',
    })
    expect((await ctx.db.file.findUniqueOrThrow({ where: { uri } })).state).toBe('pending')
  })

  it('is open to a token that is bound to one of several teams', async () => {
    const [one, two] = [await createTeam(ctx), await createTeam(ctx)]
    const owner = await createActor(ctx, 'maintainer', [one, two])
    const uri = fresh()
    for (const { slug } of [one, two]) await declareFile(ctx, owner, { uri, team: slug, reason: 'x' })
    const file = await ctx.db.file.findUniqueOrThrow({ where: { uri } })
    const token: Actor = { ...owner, kind: 'token', scopes: ['declare'], teams: [two], onlyTeam: two.slug }
    expect(await uploadContent(ctx, token, { id: file.id, body: bytes('a') })).toMatchObject({
      state: 'stored',
    })
  })

  it('in a rehearsal leaves all as it was', async () => {
    const { file } = await declareFile(ctx, maintainer, { uri: fresh(), team, reason: 'x' })
    const upload = { id: file.id, body: undefined, dryRun: true }
    expect((await uploadContent(ctx, maintainer, upload)).state).toBe('pending')
  })
})
