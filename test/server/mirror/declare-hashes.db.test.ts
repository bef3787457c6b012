import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '@/server/auth/permissions'
import { recordBlob } from '@/server/blobs/store'
import { AppError } from '@/server/errors'
import { declareFile } from '@/server/mirror/declare-file'
import { declareFiles } from '@/server/mirror/declare-files'
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
const fresh = () => `https://hashes.example.org/${count++}.tar.gz`
const hex = (algorithm: string, content: string) => createHash(algorithm).update(content).digest('hex')
const sri = (algorithm: string, content: string) =>
  `${algorithm}-${createHash(algorithm).update(content).digest('base64')}`
const rows = async () => [await ctx.db.file.count(), await ctx.db.use.count(), await ctx.db.task.count()]

async function fault(work: Promise<unknown>): Promise<AppError> {
  const error = await work.catch((reason: unknown) => reason)
  if (!(error instanceof AppError)) throw new Error('It was not refused.')
  return error
}

/** A declared file whose bytes are stored. */
async function storedFile(content: string): Promise<string> {
  const uri = fresh()
  const { file } = await declareFile(ctx, member, { uri, team, reason: 'x' })
  const received = await ctx.blobs.receive(Readable.from(Buffer.from(content)))
  await received.commit()
  await recordBlob(ctx.db, received)
  const { sha256, size } = received
  await ctx.db.file.update({
    where: { id: file.id },
    data: { state: 'stored', sha256, size, storedAt: new Date() },
  })
  return uri
}

describe('what two declarations expect', () => {
  it('is kept together when it does not contradict', async () => {
    const uri = fresh()
    await declareFile(ctx, member, { uri, team, reason: 'x', sha256: hex('sha256', 'a') })
    const { file } = await declareFile(ctx, member, {
      uri,
      team,
      reason: 'x',
      project: 'p',
      integrity: sri('sha512', 'a'),
    })
    expect(file.expectedIntegrity).toBe(`${sri('sha256', 'a')} ${sri('sha512', 'a')}`)
  })

  it('is decided between the two when both come at once', async () => {
    const uri = fresh()
    const other = await createTeam(ctx)
    const colleague = await createActor(ctx, 'member', [other])
    const both = await Promise.allSettled([
      declareFile(ctx, member, { uri, team, reason: 'x', sha256: hex('sha256', 'a') }),
      declareFile(ctx, colleague, { uri, team: other.slug, reason: 'x', sha256: hex('sha256', 'b') }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = both.find((result) => result.status === 'rejected')
    expect(refused?.reason).toMatchObject({ code: 'conflict' })
    expect(refused?.reason.message).toContain(sri('sha256', 'a'))
    expect(refused?.reason.message).toContain(sri('sha256', 'b'))
    const file = await ctx.db.file.findUniqueOrThrow({ where: { uri }, include: { uses: true } })
    expect(file.uses).toHaveLength(1)
  })
})

describe('stored bytes', () => {
  it('are read to judge a strong hash', async () => {
    const uri = await storedFile('hello')
    const use = { uri, team, reason: 'x', project: 'p' }
    const error = await fault(declareFile(ctx, member, { ...use, integrity: sri('sha512', 'other') }))
    expect(error.code).toBe('conflict')
    expect(error.message).toContain(sri('sha256', 'hello'))
    const { file } = await declareFile(ctx, member, { ...use, integrity: sri('sha512', 'hello') })
    expect(file.expectedIntegrity).toBe(sri('sha512', 'hello'))
  })
})

describe('the lines of one request', () => {
  it('of one URL expect all that any of them expects', async () => {
    const uri = fresh()
    const files = [{ uri, sha256: hex('sha256', 'a') }, { uri }]
    await declareFiles(ctx, member, { files, team, reason: 'x' })
    const file = await ctx.db.file.findUniqueOrThrow({ where: { uri } })
    expect(file.expectedIntegrity).toBe(sri('sha256', 'a'))
  })

  it('are all judged in one answer, fields of the use among them, and nothing is saved', async () => {
    const administrator = await createActor(ctx, 'administrator')
    const before = await rows()
    const [repeated, both] = [fresh(), fresh()]
    const files = [
      { uri: repeated, sha256: hex('sha256', 'a') },
      { uri: 'https://user:secret@hashes.example.org/' },
      { uri: repeated, sha256: hex('sha256', 'b') },
      { uri: both, sha256: hex('sha256', 'a'), integrity: sri('sha256', 'b') },
      { uri: fresh(), integrity: 'sha512-short' },
    ]
    const input = { files, team: 'nobody', reason: 'x', licence: 'Apache 2.0' }
    const error = await fault(declareFiles(ctx, administrator, input))
    expect(error).toMatchObject({ code: 'invalid', message: '6 fields are not valid.' })
    expect(error.fields.map(({ path }) => path).sort()).toEqual([
      'files.1.uri',
      'files.2.uri',
      'files.3.integrity',
      'files.4.integrity',
      'licence',
      'team',
    ])
    expect(await rows()).toEqual(before)
  })

  it('that contradict what is known are named, all of them', async () => {
    const [one, two, three] = [await storedFile('1'), await storedFile('2'), fresh()]
    const before = await rows()
    const files = [one, two, three].map((uri) => ({ uri, sha256: hex('sha256', '2') }))
    files.push({ uri: await storedFile('3'), sha256: hex('sha256', '2') })
    const after = await rows()
    const error = await fault(declareFiles(ctx, member, { files, team, reason: 'x' }))
    expect(error.code).toBe('conflict')
    expect(error.fields.map(({ path }) => path).sort()).toEqual(['files.0.uri', 'files.3.uri'])
    expect(await rows()).toEqual(after)
    expect(after).not.toEqual(before)
  })
})

describe('many at once', () => {
  it('declare the same URLs in opposite orders without waiting for each other for ever', async () => {
    const uris = Array.from({ length: 300 }, fresh)
    const teams = await Promise.all([1, 2, 3, 4].map(() => createTeam(ctx)))
    const batches = teams.map(async (row, number) => {
      const colleague = await createActor(ctx, 'member', [row])
      const files = (number % 2 === 0 ? uris : uris.toReversed()).map((uri) => ({ uri }))
      return declareFiles(ctx, colleague, { files, team: row.slug, reason: 'x' })
    })
    const results = await Promise.all(batches)
    expect(results.reduce((sum, { created }) => sum + created, 0)).toBe(300)
    expect(results.reduce((sum, { usesAdded }) => sum + usesAdded, 0)).toBe(1200)
    const tasks = await ctx.db.task.count({ where: { title: { in: uris.map((uri) => `Fetch ${uri}`) } } })
    expect(tasks).toBe(300)
  })
})

describe('a list that was pasted', () => {
  it('keeps its order in the ledger', async () => {
    const uris = Array.from({ length: 200 }, fresh).sort(() => 0.5 - Math.random())
    await declareFiles(ctx, member, { files: uris.map((uri) => ({ uri })), team, reason: 'x' })
    const files = await ctx.db.file.findMany({ where: { uri: { in: uris } }, orderBy: { id: 'asc' } })
    expect(files.map(({ uri }) => uri)).toEqual(uris)
  })
})

describe('a token that may declare, but not read', () => {
  it('is shown what it has declared', async () => {
    const token: Actor = { ...member, kind: 'token', scopes: ['declare'] }
    const { outcome, file } = await declareFile(ctx, token, { uri: fresh(), team, reason: 'x' })
    expect([outcome, file.state]).toEqual(['new', 'pending'])
  })
})
