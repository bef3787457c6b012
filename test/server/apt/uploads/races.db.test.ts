import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { UploadAnswerer } from '@/server/apt/uploads/answer-upload'
import { listUploads } from '@/server/apt/uploads/list-uploads'
import { addPendingFile } from '@/server/apt/uploads/pending-files'
import { receiveFile } from '@/server/apt/uploads/receive-file'
import { uploadPackage } from '@/server/apt/uploads/upload-package'
import { system } from '@/server/auth/permissions'
import { hex } from '@/test/server/apt/import/other-repository'
import { buildChanges, put } from '@/test/server/apt/uploads/upload-files'
import { createSecret } from '@/test/support/api'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { type BuiltFile, buildDeb } from '@/test/support/debs'
import { createActor } from '@/test/support/people'
import { lockWaiters } from '@/test/support/registry-push'

const ctx = await openTestContext()
const answerer = new UploadAnswerer({ ctx })
const member = await createActor(ctx, 'member')
const token = await createSecret(ctx, member, { scopes: ['push'] })
const send = (repo: string, file: BuiltFile, method?: string) =>
  put(answerer, token, `${repo}/unstable`, file, method)

const hello = buildDeb({ name: 'hello' })
const doc = buildDeb({ name: 'hello-doc', architecture: 'all', source: 'hello' })
const plain = buildChanges({ source: 'hello', version: '1.0', files: [hello] })

const published = async (name: string) => {
  const rows = await ctx.db.aptPlacement.findMany({
    where: { branch: { repository: { name } } },
    orderBy: { name: 'asc' },
  })
  return rows.map((row) => row.name)
}
/** As long as the test may take, on however slow a machine. */
const HELD = { timeout: 300_000 }

describe('an upload that changes while it is looked at', () => {
  it('is looked at again, and not ended by what was found out before', async () => {
    const { id } = await createRepositoryRows(ctx, { name: 'changing' })
    await send('changing', hello)
    const more = buildChanges({
      ...{ source: 'hello', version: '1.0', architectures: ['all', 'amd64'], files: [hello, doc] },
    })
    expect(more.file).toBe(plain.file)
    let first: ReturnType<typeof send> | undefined
    await ctx.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM apt_branches WHERE repository_id = ${id}::uuid FOR UPDATE`
      first = send('changing', plain)
      await expect.poll(() => lockWaiters(ctx)).toBeGreaterThan(0)
      expect((await send('changing', more)).text).toContain('waits for one file: hello-doc')
    }, HELD)
    expect((await first)?.text).toContain('waits for one file: hello-doc')
    expect((await send('changing', doc)).text).toContain('Accepted.')
    expect(await published('changing')).toEqual(['hello', 'hello-doc'])
  })

  it('is judged by the settings of now, not of when its last file began to come', async () => {
    const { id } = await createRepositoryRows(ctx, { name: 'tightened' })
    await send('tightened', plain)
    const body = async function* () {
      await ctx.db.aptRepository.update({ where: { id }, data: { signaturePolicy: 'required' } })
      yield hello.bytes
    }
    const [verdict] = await receiveFile(ctx, member, {
      ...{ repository: 'tightened', branch: 'unstable', name: hello.file, announced: undefined },
      body: () => Readable.from(body(), { objectMode: false }),
    })
    expect(verdict).toMatchObject({ state: 'rejected', code: 'forbidden' })
    expect(await published('tightened')).toEqual([])
  })
})

describe('a package by itself', () => {
  it('is refused where uploads came to need a signature while it was on its way', async () => {
    const { id } = await createRepositoryRows(ctx, { name: 'single' })
    const body = async function* () {
      await ctx.db.aptRepository.update({ where: { id }, data: { signaturePolicy: 'required' } })
      yield hello.bytes
    }
    const sent = { repo: 'single', branch: 'unstable', body: Readable.from(body(), { objectMode: false }) }
    await expect(uploadPackage(ctx, member, sent)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Send it with a signed .changes to /upload/single/unstable/'),
    })
    expect(await published('single')).toEqual([])
  })
})

describe('a .changes that was accepted', () => {
  it('brings nothing back, whatever it is called and however it is wrapped', async () => {
    const { id } = await createRepositoryRows(ctx, { name: 'replayed' })
    await send('replayed', hello)
    expect((await send('replayed', plain)).text).toContain('Accepted.')
    await ctx.db.aptPlacement.deleteMany({ where: { branch: { repositoryId: id } } })
    const wrapped = Buffer.from(plain.bytes.toString().replace('Urgency: medium', 'Urgency: medium  '))
    for (const replayed of [
      plain,
      { ...plain, file: 'other_1.0_amd64.changes' },
      { ...plain, bytes: wrapped },
    ]) {
      await send('replayed', hello)
      expect((await send('replayed', replayed)).text).toContain('was accepted already')
      expect(await published('replayed')).toEqual([])
    }
  })

  it('is another upload where it brings another file', async () => {
    await createRepositoryRows(ctx, { name: 'further' })
    await send('further', hello)
    await send('further', plain)
    const more = buildChanges({ source: 'hello', version: '1.0', architectures: ['all'], files: [doc] })
    await send('further', doc)
    expect((await send('further', more)).text).toContain('Accepted.')
    expect(await published('further')).toEqual(['hello', 'hello-doc'])
  })
})

describe('what waits', () => {
  it('is bounded, and files find their .changes also beside a hundred others', async () => {
    const { id: repositoryId } = await createRepositoryRows(ctx, { name: 'crowded' })
    const owner = { repositoryId, branch: 'unstable', userId: member.userId, actorName: member.name }
    await ctx.db.aptUpload.createMany({
      data: Array.from({ length: 101 }, (_, index) => ({
        ...{ ...owner, via: 'put' as const, changesName: `other${index}_1.0_amd64.changes` },
      })),
    })
    const both = buildChanges({
      ...{ source: 'hello', version: '1.0', architectures: ['all', 'amd64'], files: [hello, doc] },
    })
    for (const file of [hello, doc]) await send('crowded', file)
    expect(await ctx.db.aptUpload.count({ where: { repositoryId, changesName: null } })).toBe(1)
    const refused = await send('crowded', both)
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringContaining('100 uploads of yours wait'),
    ])
    await ctx.db.aptUpload.deleteMany({ where: { repositoryId, changesName: { contains: 'other1' } } })
    expect((await send('crowded', both)).text).toContain('Accepted.')
  })

  it('is told from storage while no transaction is open', async () => {
    const { id: repositoryId } = await createRepositoryRows(ctx, { name: 'apart' })
    await send('apart', plain)
    const held: unknown[] = []
    const { sha256, sha1, md5 } = {
      ...{ sha256: hex('sha256', plain.bytes), sha1: hex('sha1', plain.bytes), md5: hex('md5', plain.bytes) },
    }
    const file = { name: hello.file, sha256, sha1, md5, size: plain.bytes.length }
    const concerned = await addPendingFile(
      ctx,
      { repositoryId, branch: 'unstable', actor: member },
      file,
      async () => {
        const { rows } = await ctx.pool.query(
          `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
        )
        held.push(rows)
        return [hello.file]
      },
    )
    expect([concerned.length, held]).toEqual([1, [[]]])
  })

  it('is nothing for a path with a NUL in it', async () => {
    for (const path of ['apa%00rt/unstable', 'apart/unst%00able']) {
      for (const method of ['PUT', 'GET', 'DELETE']) {
        expect((await put(answerer, token, path, hello, method)).status).toBe(404)
      }
    }
    expect((await send('apart', { ...hello, file: 'hel%00lo.deb' }, 'GET')).status).toBe(404)
    const { items } = await listUploads(ctx, system, { repo: 'apart', limit: 10 })
    expect(items).toHaveLength(1)
  })
})
