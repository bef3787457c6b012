import { describe, expect, it } from 'vitest'
import { UploadAnswerer } from '@/server/apt/uploads/answer-upload'
import { getUpload } from '@/server/apt/uploads/get-upload'
import { listUploads } from '@/server/apt/uploads/list-uploads'
import { sweepUploads } from '@/server/apt/uploads/sweep-uploads'
import { system } from '@/server/auth/permissions'
import { buildChanges, put } from '@/test/server/apt/uploads/upload-files'
import { createSecret } from '@/test/support/api'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { type BuiltFile, buildDeb, buildSource } from '@/test/support/debs'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const answerer = new UploadAnswerer({ ctx })
const member = await createActor(ctx, 'member')
const token = await createSecret(ctx, member, { scopes: ['push'] })
const send = (path: string, file: BuiltFile, method?: string) => put(answerer, token, path, file, method)

const published = async (name: string, branch = 'unstable') => {
  const repository = await ctx.db.aptRepository.findUniqueOrThrow({ where: { name } })
  const rows = await ctx.db.aptPlacement.findMany({
    where: { branch: { repositoryId: repository.id, name: branch } },
    include: { package: true },
    orderBy: [{ name: 'asc' }, { packageId: 'asc' }],
  })
  return rows.map(({ package: one }) => `${one.name} ${one.version} ${one.architecture}`)
}

const uploads = async (repo: string) =>
  (await listUploads(ctx, system, { repo, limit: 50 })).items.map(({ state, changesName }) => [
    state,
    changesName,
  ])

function hello(version: string) {
  const deb = buildDeb({ name: 'hello', version, files: { 'usr/bin/hello': `hello ${version}` } })
  const { dsc, tarballs } = buildSource({ name: 'hello', version, files: { README: 'Of hello.' } })
  const files = [deb, dsc, ...tarballs]
  const changes = buildChanges({ source: 'hello', version, architectures: ['source', 'amd64'], files })
  return { deb, dsc, tarballs, files, changes, all: [...files, changes] }
}

describe('files of an upload', () => {
  it('are accepted together when the .changes comes last, and published', async () => {
    await createRepositoryRows(ctx, { name: 'last' })
    const { files, changes } = hello('1.0-1')
    for (const file of files) {
      const told = await send('last/unstable', file)
      expect([told.status, told.text]).toEqual([201, `${file.file} is stored and waits for its .changes.\n`])
    }
    expect(await published('last')).toEqual([])
    const told = await send('last/unstable', changes)
    expect(told.text).toContain('Accepted.\n')
    expect(told.status).toBe(201)
    expect(await published('last')).toEqual(['hello 1.0-1 amd64', 'hello 1.0-1 source'])
    expect(await uploads('last')).toEqual([['accepted', changes.file]])
  })

  it('are no commands of dcut, which nobody would follow', async () => {
    await createRepositoryRows(ctx, { name: 'commanded' })
    const commands = { file: 'someone-123.commands', bytes: Buffer.from('Commands:\n rm hello_1.0.deb\n') }
    const told = await send('commanded/unstable', commands)
    expect([told.status, told.text]).toEqual([422, expect.stringContaining('Commands are not taken')])
  })

  it('are accepted together in any order', async () => {
    await createRepositoryRows(ctx, { name: 'any' })
    const { all } = hello('1.0-1')
    const told = []
    for (const file of [...all].reverse()) told.push(await send('any/unstable', file))
    expect(told.map(({ status }) => status)).toEqual(all.map(() => 201))
    expect(told[0]?.text).toContain('waits for 4 files')
    expect(told.at(-1)?.text).toContain('Accepted.\n')
    expect(await published('any')).toEqual(['hello 1.0-1 amd64', 'hello 1.0-1 source'])
  })
})

describe('who may upload', () => {
  it('is asked for a token by Basic, and told where there is nothing', async () => {
    await createRepositoryRows(ctx, { name: 'door' })
    const { changes } = hello('1.0')
    const nobody = await put(answerer, undefined, 'door/unstable', changes)
    expect(nobody.status).toBe(401)
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Basic realm="/)
    expect((await put(answerer, 'ent_wrong-wrong-wrong-wrong', 'door/unstable', changes)).status).toBe(401)
    expect((await send('door/nowhere', changes)).status).toBe(404)
    expect((await send('nowhere/unstable', changes)).status).toBe(404)
    expect((await put(answerer, token, 'door', changes)).status).toBe(404)
  })

  it('is a member of the repository’s team with the scope for it', async () => {
    const team = await createTeam(ctx)
    const { id } = await createRepositoryRows(ctx, { name: 'owned' })
    await ctx.db.aptRepository.update({ where: { id }, data: { teamId: team.id } })
    const { changes } = hello('1.0')
    expect((await send('owned/unstable', changes)).status).toBe(403)
    const reader = await createSecret(ctx, await createActor(ctx, 'member', [team]), { scopes: ['read'] })
    expect((await put(answerer, reader, 'owned/unstable', changes)).status).toBe(403)
    const own = await createSecret(ctx, await createActor(ctx, 'member', [team]), { scopes: ['push'] })
    expect((await put(answerer, own, 'owned/unstable', changes)).status).toBe(201)
  })

  it('never completes the upload of somebody else', async () => {
    await createRepositoryRows(ctx, { name: 'apart' })
    const { files, changes } = hello('1.0')
    const other = await createSecret(ctx, await createActor(ctx, 'member'), { scopes: ['push'] })
    for (const file of files) await put(answerer, other, 'apart/unstable', file)
    expect((await send('apart/unstable', changes)).text).toContain('waits for 3 files')
    expect(await published('apart')).toEqual([])
  })

  it('is nobody where packages come in by approved moves', async () => {
    const { id } = await createRepositoryRows(ctx, { name: 'guarded' })
    await ctx.db.aptBranch.updateMany({
      where: { repositoryId: id, name: 'testing' },
      data: { approvalRequired: true },
    })
    const told = await send('guarded/testing', hello('1.0').changes)
    expect([told.status, told.reason]).toEqual([403, expect.stringContaining('takes approved moves only')])
  })
})

describe('files that wait', () => {
  it('are told, replaced by the same name, and taken back', async () => {
    await createRepositoryRows(ctx, { name: 'waits' })
    const { deb, files, changes } = hello('1.0')
    const other = { ...deb, bytes: Buffer.concat([deb.bytes, Buffer.from('x')]) }
    await send('waits/unstable', other)
    expect((await send('waits/unstable', deb, 'GET')).text).toContain(`size: ${other.bytes.length}\n`)
    expect((await send('waits/unstable', deb, 'HEAD')).status).toBe(200)
    await send('waits/unstable', deb)
    expect((await send('waits/unstable', deb, 'GET')).text).toContain(`size: ${deb.bytes.length}\n`)
    expect((await send('waits/unstable', deb, 'DELETE')).status).toBe(200)
    expect((await send('waits/unstable', deb, 'GET')).status).toBe(404)
    expect((await send('waits/unstable', deb, 'DELETE')).status).toBe(404)
    for (const file of [...files, changes]) await send('waits/unstable', file)
    expect(await published('waits')).toEqual(['hello 1.0 amd64', 'hello 1.0 source'])
  })

  it('of two uploads at once find each their own', async () => {
    await createRepositoryRows(ctx, { name: 'two' })
    const deb = buildDeb({ name: 'other', version: '2.0' })
    const second = buildChanges({ source: 'other', version: '2.0', files: [deb] })
    const first = hello('1.0')
    await Promise.all([...first.files, deb].map((file) => send('two/unstable', file)))
    const told = await Promise.all([first.changes, second].map((file) => send('two/unstable', file)))
    expect(told.map(({ status }) => status)).toEqual([201, 201])
    expect(await published('two')).toEqual(['hello 1.0 amd64', 'hello 1.0 source', 'other 2.0 amd64'])
    expect((await uploads('two')).map(([state]) => state)).toEqual(['accepted', 'accepted'])
  })

  it('all at the same moment are accepted once', async () => {
    await createRepositoryRows(ctx, { name: 'once' })
    const { all, changes } = hello('1.0')
    const told = await Promise.all(all.map((file) => send('once/unstable', file)))
    expect(told.every(({ status }) => status === 201)).toBe(true)
    // Whoever finds it accepted is told so; it was only once.
    expect(told.some(({ text }) => text.includes('Accepted.'))).toBe(true)
    expect(await ctx.db.aptPublication.count({ where: { branch: { repository: { name: 'once' } } } })).toBe(1)
    expect(await uploads('once')).toEqual([['accepted', changes.file]])
    const { items } = await listUploads(ctx, system, { repo: 'once', limit: 50 })
    const detail = await getUpload(ctx, system, { repo: 'once', id: items[0]?.id as string })
    expect(detail.received.map(({ name }) => name)).toEqual(all.map(({ file }) => file).sort())
    expect(detail.packages.map(({ architecture }) => architecture)).toEqual(['amd64', 'source'])
    expect(detail.missing).toEqual([])
  })
})

describe('uploads of what is known', () => {
  it('change nothing when the same .changes comes again', async () => {
    await createRepositoryRows(ctx, { name: 'again' })
    const { all } = hello('1.0')
    for (const file of all) await send('again/unstable', file)
    const before = await ctx.db.aptPublication.count()
    const told = []
    for (const file of all) told.push(await send('again/unstable', file))
    expect(told.at(-1)?.status).toBe(201)
    expect(told.at(-1)?.text).toContain('was accepted already')
    expect(await ctx.db.aptPublication.count()).toBe(before)
  })

  it('may leave the upstream tarball to the pool', async () => {
    await createRepositoryRows(ctx, { name: 'pool' })
    for (const file of hello('1.0-1').all) await send('pool/unstable', file)
    const next = hello('1.0-2')
    const files = next.files.filter(({ file }) => !file.includes('.orig.'))
    const changes = buildChanges({
      source: 'hello',
      version: '1.0-2',
      architectures: ['source', 'amd64'],
      files,
    })
    for (const file of files) await send('pool/unstable', file)
    const told = await send('pool/unstable', changes)
    expect(told.text).toContain('Accepted.')
    expect(await published('pool')).toContain('hello 1.0-2 source')
  })

  it('bring another architecture of the same version later', async () => {
    await createRepositoryRows(ctx, { name: 'arches', architectures: ['amd64', 'arm64'] })
    for (const architecture of ['amd64', 'arm64']) {
      const deb = buildDeb({ name: 'tool', version: '1.0', architecture })
      const changes = buildChanges({
        source: 'tool',
        version: '1.0',
        architectures: [architecture],
        files: [deb],
      })
      await send('arches/unstable', deb)
      expect((await send('arches/unstable', changes)).status).toBe(201)
    }
    expect(await published('arches')).toEqual(['tool 1.0 amd64', 'tool 1.0 arm64'])
  })
})

describe('an upload whose rest never comes', () => {
  it('is given up after a week, and its files meet no later one', async () => {
    await createRepositoryRows(ctx, { name: 'left' })
    const { deb, changes } = hello('1.0')
    await send('left/unstable', changes)
    await send('left/unstable', deb)
    expect(await sweepUploads(ctx)).toBe(0)
    await ctx.db.$executeRaw`UPDATE apt_uploads SET updated_at = now() - interval '8 days'
      WHERE state = 'receiving' AND repository_id = (SELECT id FROM apt_repositories WHERE name = 'left')`
    expect(await sweepUploads(ctx)).toBe(1)
    expect(await uploads('left')).toEqual([['rejected', changes.file]])
    const record = await ctx.db.auditEntry.findFirst({ where: { actorType: 'system', subjectName: 'left' } })
    expect(record?.action).toBe('apt.reject-upload')
    expect((await send('left/unstable', deb, 'GET')).status).toBe(404)
  })
})
