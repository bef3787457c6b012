import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readPathsTask } from '@/server/apt/packages/read-paths'
import { changeRepository } from '@/server/apt/repositories/change-repository'
import { uploadPackage } from '@/server/apt/uploads/upload-package'
import { system } from '@/server/auth/permissions'
import { blobKey } from '@/server/blobs/keys'
import { openBlobStore } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import { runTask } from '@/server/tasks/run-task'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { buildDeb } from '@/test/support/debs'

const ctx = await openTestContext()
const never = new AbortController().signal

const names = Array.from({ length: 6 }, (_, index) => `tool${index}`)

/** A repository with packages; as they came it kept no Contents, or did. */
async function filled(name: string, contents: boolean): Promise<void> {
  await createRepositoryRows(ctx, { name, contents })
  for (const tool of names) {
    const { bytes } = buildDeb({ name: tool, files: { [`usr/bin/${tool}`]: tool } })
    await uploadPackage(ctx, system, { repo: name, branch: 'unstable', body: Readable.from([bytes]) })
  }
}

const turnOn = (repo: string) => changeRepository(ctx, system, { repo, contents: true })
const tasks = (repo: string) =>
  ctx.db.task.findMany({
    where: { kind: readPathsTask.kind, title: { contains: repo } },
    orderBy: { id: 'asc' },
  })
const lacking = (name: string) =>
  ctx.db.aptPackage.count({ where: { repository: { name }, type: { not: 'source' }, contents: null } })

/** What the Release of the branch says of its Contents. */
async function contentsOf(name: string): Promise<string[]> {
  const { publication } = await ctx.db.aptBranch.findFirstOrThrow({
    where: { name: 'unstable', repository: { name } },
    include: { publication: true },
  })
  return (publication?.release ?? '').split('\n').filter((line) => line.includes('Contents-'))
}

async function run(repo: string, as: Context = ctx): Promise<void> {
  const [task] = await tasks(repo)
  await runTask(as, readPathsTask, { taskId: task?.id as string, cancel: never, drain: never })
}

describe('Contents that are turned on later', () => {
  it('say of older packages what they would say had they always been on', async () => {
    await filled('always', true)
    await filled('later', false)
    await turnOn('later')
    expect(await contentsOf('later')).not.toEqual(await contentsOf('always'))
    await run('later')
    expect(await lacking('later')).toBe(0)
    expect((await contentsOf('always')).length).toBeGreaterThan(0)
    expect(await contentsOf('later')).toEqual(await contentsOf('always'))
    expect((await tasks('later')).map(({ state }) => state)).toEqual(['succeeded'])
  })

  it('are whole also after a run that was cut off, before or after its last package', async () => {
    await filled('cut', false)
    await turnOn('cut')
    let reads = 0
    const failing = openBlobStore(ctx.storage, ctx.db)
    const cut: Context = {
      ...ctx,
      blobs: {
        ...failing,
        source(sha256) {
          reads += 1
          if (reads > 2) throw new Error('killed')
          return failing.source(sha256)
        },
      },
    }
    await run('cut', cut)
    expect((await tasks('cut'))[0]).toMatchObject({ state: 'waiting' })
    // As after a kill between the last package and the publication.
    const rows = await ctx.db.aptPackage.findMany({ where: { repository: { name: 'always' } } })
    for (const { name, contents } of rows) {
      await ctx.db.aptPackage.updateMany({ where: { name, repository: { name: 'cut' } }, data: { contents } })
    }
    await run('cut')
    expect(await contentsOf('cut')).toEqual(await contentsOf('always'))
  })

  it('leave out a package that cannot be read, and say so', async () => {
    await filled('damaged', false)
    const { files } = await ctx.db.aptPackage.findFirstOrThrow({
      where: { name: 'tool3', repository: { name: 'damaged' } },
      include: { files: true },
    })
    const key = blobKey(files[0]?.sha256 as string)
    const whole = Buffer.concat(await (await ctx.storage.read(key)).toArray())
    await ctx.storage.write(key, Readable.from([whole.subarray(0, 200)]))
    await turnOn('damaged')
    await run('damaged')
    await ctx.storage.write(key, Readable.from([whole]))
    expect(await lacking('damaged')).toBe(1)
    const [task] = await tasks('damaged')
    expect(task?.state).toBe('succeeded')
    const log = await ctx.db.taskLog.findMany({ where: { taskId: task?.id as string } })
    expect(log.map(({ message }) => message).join('\n')).toContain('tool3')
  })

  it('need no task where every package has its paths, and one only where they lack', async () => {
    await filled('none', true)
    await changeRepository(ctx, system, { repo: 'none', contents: false })
    await turnOn('none')
    expect(await tasks('none')).toEqual([])
    await filled('one', false)
    await turnOn('one')
    await changeRepository(ctx, system, { repo: 'one', contents: false })
    await turnOn('one')
    expect(await tasks('one')).toHaveLength(1)
  })

  it('have those read as well that were on their way when the setting changed', async () => {
    await createRepositoryRows(ctx, { name: 'race', contents: false })
    const { bytes } = buildDeb({ name: 'late' })
    let begin: (() => void) | undefined
    const slow = async function* () {
      await new Promise<void>((resolve) => {
        begin = resolve
      })
      yield bytes
    }
    const body = Readable.from(slow(), { objectMode: false })
    const sent = uploadPackage(ctx, system, { repo: 'race', branch: 'unstable', body })
    await expect.poll(() => begin).toBeDefined()
    await turnOn('race')
    begin?.()
    await sent
    expect(await lacking('race')).toBe(1)
    await run('race')
    expect(await lacking('race')).toBe(0)
  })
})
