import { describe, expect, it } from 'vitest'
import { importTask } from '@/server/apt/import/import-task'
import { startImport } from '@/server/apt/import/start-import'
import { getUpload } from '@/server/apt/uploads/get-upload'
import { type ImportInput, importInput } from '@/server/apt/uploads/schema'
import { system } from '@/server/auth/permissions'
import { runTask } from '@/server/tasks/run-task'
import { directoryOf, hex, otherRepository, serveDirectory } from '@/test/server/apt/import/other-repository'
import { someone } from '@/test/server/apt/uploads/upload-files'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { buildDeb, buildSource } from '@/test/support/debs'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const administrator = await createActor(ctx, 'administrator')
const never = new AbortController().signal

/** Starts an import and runs its task to the end. */
async function runImport(repo: string, input: Omit<Partial<ImportInput>, 'branch'>, signal = never) {
  const asked = importInput.parse({ branch: 'unstable', reason: 'For tests.', ...input })
  const task = await startImport(ctx, administrator, { repo, ...asked })
  await runTask(ctx, importTask, { taskId: task.id, cancel: signal, drain: never })
  const { state, error, subjectId } = await ctx.db.task.findUniqueOrThrow({ where: { id: task.id } })
  const upload = await getUpload(ctx, system, { repo, id: subjectId as string })
  return { task: state, error, upload, report: upload.report.map(({ message }) => message).join('\n') }
}

const inBranch = async (name: string) => {
  const rows = await ctx.db.aptPlacement.findMany({
    where: { branch: { repository: { name }, name: 'unstable' } },
    include: { package: { include: { files: true } } },
  })
  return rows.map(({ package: one }) => `${one.name} ${one.version} ${one.architecture}`).sort()
}

const debs = Array.from({ length: 40 }, (_, index) =>
  buildDeb({ name: `tool${index}`, files: { [`usr/bin/tool${index}`]: `${index}` } }),
)
const all = debs.map((_, index) => `tool${index} 1.0 amd64`)
const hello = buildSource({ name: 'hello', version: '1.0-1' })
const poolOf = (files: readonly { file: string; bytes: Buffer }[]) =>
  Object.fromEntries(files.map(({ file, bytes }) => [`some/where/${file}`, bytes]))

describe('a directory of packages', () => {
  it('comes whole, once', async () => {
    await createRepositoryRows(ctx, { name: 'heap' })
    const directory = await directoryOf(poolOf([...debs, hello.dsc, ...hello.tarballs]))
    const first = await runImport('heap', { directory })
    expect([first.task, first.report]).toEqual(['succeeded', 'Packages: 41 new.'])
    expect(first.upload.state).toBe('accepted')
    expect(await inBranch('heap')).toEqual([...all, 'hello 1.0-1 source'].sort())
    const row = await ctx.db.aptPackage.findFirstOrThrow({
      where: { name: 'tool7' },
      include: { files: true },
    })
    const { file, bytes } = debs[7] as (typeof debs)[number]
    expect(row.files[0]).toMatchObject({
      path: `pool/main/t/tool7/${file}`,
      sha256: hex('sha256', bytes),
      md5: hex('md5', bytes),
    })
    const stored = await (await ctx.blobs.read(hex('sha256', bytes))).toArray()
    expect(Buffer.concat(stored)).toEqual(bytes)
    const again = await runImport('heap', { directory })
    expect(again.report).toBe('Packages: 0 new, 41 that were in the branch.')
    expect(await ctx.db.aptPublication.count({ where: { branch: { repository: { name: 'heap' } } } })).toBe(1)
  })

  it('leaves out what is bad, and says so', async () => {
    await createRepositoryRows(ctx, { name: 'mixed' })
    const [good, bad] = debs as [(typeof debs)[number], (typeof debs)[number]]
    const directory = await directoryOf({
      ...poolOf([good]),
      'bad.deb': bad.bytes.subarray(0, 400),
      'foreign.deb': buildDeb({ name: 'foreign', architecture: 'riscv64' }).bytes,
      'twice.deb': buildDeb({ name: 'tool0', files: { other: 'bytes' } }).bytes,
      'lonely.dsc': hello.dsc.bytes,
    })
    const { task, report, upload } = await runImport('mixed', { directory })
    expect(task).toBe('succeeded')
    expect(upload.report[0]?.message).toBe('Packages: 1 new, 4 left out.')
    expect(report).toContain('architecture riscv64 is not among')
    expect(report).toContain('tool0 1.0 amd64 is there twice, with different bytes')
    expect(report).toContain('There is no file hello_1.0.orig.tar.gz')
    expect(await inBranch('mixed')).toEqual(['tool0 1.0 amd64'])
  })

  it('leaves out what contradicts the repository, with both hashes', async () => {
    await createRepositoryRows(ctx, { name: 'against' })
    await runImport('against', { directory: await directoryOf(poolOf(debs.slice(0, 2))) })
    const other = buildDeb({ name: 'tool0', files: { other: 'bytes' } })
    const { report } = await runImport('against', {
      directory: await directoryOf(poolOf([other, debs[2] as never])),
    })
    expect(report).toContain('Packages: 1 new, 1 left out.')
    expect(report).toContain(hex('sha256', other.bytes))
    expect(report).toContain(hex('sha256', (debs[0] as (typeof debs)[number]).bytes))
    expect(await inBranch('against')).toEqual(all.slice(0, 3))
  })

  it('that is not there fails the task', async () => {
    await createRepositoryRows(ctx, { name: 'nowhere' })
    const { task, upload } = await runImport('nowhere', { directory: '/nowhere/at/all' })
    expect([task, upload.state]).toEqual(['failed', 'rejected'])
    expect(upload.error).toContain('There is no directory /nowhere/at/all')
  })
})

describe('a repository with indexes', () => {
  it('comes from a directory and by its URL, signed by the key that is given', async () => {
    const { key, publicKey } = await someone('archive')
    const directory = await directoryOf(await otherRepository({ debs, sources: [hello], key }))
    const { url, asked } = await serveDirectory(directory)
    await createRepositoryRows(ctx, { name: 'indexed' })
    await createRepositoryRows(ctx, { name: 'fetched' })
    const local = await runImport('indexed', { directory, publicKey })
    const remote = await runImport('fetched', { url, distribution: 'stable', publicKey })
    for (const { report } of [local, remote]) expect(report).toBe('Packages: 41 new.')
    expect(await inBranch('fetched')).toEqual(await inBranch('indexed'))
    const source = await ctx.db.aptPackage.findFirstOrThrow({ where: { type: 'source', section: 'net' } })
    expect(source.priority).toBe('extra')
    asked.length = 0
    const again = await runImport('fetched', { url, distribution: 'stable', publicKey })
    expect(again.report).toBe('Packages: 0 new, 41 that were in the branch.')
    expect(asked.filter((path) => path.startsWith('/pool'))).toEqual([])
  })

  it('has the sections and priorities that its archive gives, and may leave MD5 out', async () => {
    const edit = (packages: string) =>
      packages.replace(/^Section: .*$/m, 'Section: libs').replace(/^Priority: .*$/m, 'Priority: required')
    const editSources = (text: string) => text.replace(/^Files:(\n .*)*\n/m, '')
    const chosen = buildDeb({ name: 'chosen', section: 'misc' })
    const files = await otherRepository({ debs: [chosen], sources: [hello], edit, editSources })
    await createRepositoryRows(ctx, { name: 'overridden' })
    const { report } = await runImport('overridden', { directory: await directoryOf(files) })
    expect(report).toBe('Packages: 2 new.')
    const row = await ctx.db.aptPackage.findFirstOrThrow({
      where: { repository: { name: 'overridden' }, type: 'deb' },
    })
    expect([row.section, row.priority]).toEqual(['libs', 'required'])
    expect(row.stanza).toMatch(/^Priority: required\nSection: libs$/m)
    expect(row.stanza).not.toMatch(/misc|optional/)
  })

  it('comes with a note when its Release has expired, and without one when it has not', async () => {
    const { key, publicKey } = await someone('archive')
    await createRepositoryRows(ctx, { name: 'expired' })
    const until = async (date: string) => {
      const releaseFields = `Valid-Until: ${date}\n`
      const files = await otherRepository({ debs: debs.slice(0, 1), key, releaseFields })
      return (await runImport('expired', { directory: await directoryOf(files), publicKey })).upload
    }
    const { state, report } = await until('Sat, 03 Jan 2026 10:00:00 UTC')
    expect([state, report.map(({ level }) => level)]).toEqual(['accepted', ['note', 'warning']])
    expect(report[1]?.message).toMatch(/has expired: it was valid until 2026-01-03T10:00:00.000Z\.$/)
    expect((await until('Tue, 03 Jan 2226 10:00:00 UTC')).report).toHaveLength(1)
  })

  it('is refused when another key signed it, or none', async () => {
    const [{ key }, { publicKey }] = await Promise.all([someone('archive'), someone('other')])
    await createRepositoryRows(ctx, { name: 'strangers' })
    for (const files of [await otherRepository({ debs, key }), await otherRepository({ debs })]) {
      const { task, upload } = await runImport('strangers', {
        directory: await directoryOf(files),
        publicKey,
      })
      expect([task, upload.state]).toEqual(['failed', 'rejected'])
      expect(upload.error).toMatch(/none of the given keys has signed|without a signature/)
    }
    expect(await inBranch('strangers')).toEqual([])
  })

  it('is refused when an index is not what Release says', async () => {
    await createRepositoryRows(ctx, { name: 'changed' })
    const files = await otherRepository({ debs })
    const other = await otherRepository({ debs: debs.slice(1) })
    const path = 'dists/stable/main/binary-amd64/Packages.gz'
    const directory = await directoryOf({ ...files, [path]: other[path] as Buffer })
    const { task, upload } = await runImport('changed', { directory })
    expect([task, upload.error]).toEqual(['failed', expect.stringContaining('is not what its Release says')])
  })

  it('has packages left out that are not what its index says, or nowhere, or outside', async () => {
    await createRepositoryRows(ctx, { name: 'lies' })
    const edit = (text: string) =>
      text
        .replace(hex('sha256', (debs[0] as (typeof debs)[number]).bytes), 'a'.repeat(64))
        .replace('./pool/tool1_1.0_amd64.deb', 'pool/absent_1.0_amd64.deb')
        .replace('./pool/tool2_1.0_amd64.deb', '../../../etc/passwd')
    const directory = await directoryOf(await otherRepository({ debs, edit }))
    const { report } = await runImport('lies', { directory })
    expect(report).toContain('Packages: 37 new, 2 left out.')
    expect(report).toContain(`SHA-256 ${'a'.repeat(64)} is listed`)
    expect(report).toContain('There is no file pool/absent_1.0_amd64.deb')
    expect(report).toContain('names a path that it may not')
    expect(await inBranch('lies')).toEqual(all.slice(3).sort())
  })
})

describe('an import that is cut off', () => {
  it('goes on from what is there', async () => {
    await createRepositoryRows(ctx, { name: 'cut' })
    await runImport('cut', {
      directory: await directoryOf(await otherRepository({ debs: debs.slice(0, 10) })),
    })
    const rest = await runImport('cut', { directory: await directoryOf(await otherRepository({ debs })) })
    expect(rest.report).toBe('Packages: 30 new, 10 that were in the branch.')
  })

  it('by whoever cancels it says so', async () => {
    await createRepositoryRows(ctx, { name: 'cancelled' })
    const { task, upload } = await runImport(
      'cancelled',
      { directory: await directoryOf(poolOf(debs)) },
      AbortSignal.abort(),
    )
    expect([task, upload.state]).toEqual(['cancelled', 'rejected'])
    expect(upload.error).toContain('was cancelled')
  })
})

describe('who may import', () => {
  it('is an administrator, into a branch that is open', async () => {
    const { id } = await createRepositoryRows(ctx, { name: 'may' })
    const input = importInput.parse({ directory: '/srv', branch: 'unstable', reason: 'For tests.' })
    const maintainer = await createActor(ctx, 'maintainer')
    await expect(startImport(ctx, maintainer, { repo: 'may', ...input })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(startImport(ctx, administrator, { repo: 'none', ...input })).rejects.toMatchObject({
      code: 'not_found',
    })
    await ctx.db.aptBranch.updateMany({ where: { repositoryId: id }, data: { approvalRequired: true } })
    await expect(startImport(ctx, administrator, { repo: 'may', ...input })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})
