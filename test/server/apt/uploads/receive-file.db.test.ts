import { describe, expect, it } from 'vitest'
import { UploadAnswerer } from '@/server/apt/uploads/answer-upload'
import { getUpload } from '@/server/apt/uploads/get-upload'
import { listUploads } from '@/server/apt/uploads/list-uploads'
import { system } from '@/server/auth/permissions'
import { createSecret } from '@/test/support/api'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { type BuiltFile, buildDeb, buildSource } from '@/test/support/debs'
import { createActor, createTeam } from '@/test/support/people'
import { buildChanges, put } from '@/test/server/apt/uploads/upload-files'

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
  (await listUploads(ctx, system, { repo, limit: 50 })).items.map(({ state, changesName }) => [state, changesName])

function hello(version: string) {
  const deb = buildDeb({ name: 'hello', version, files: { 'usr/bin/hello': `hello ${version}` } })
  const { dsc, tarballs } = buildSource({ name: 'hello', version })
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
    expect(told.text).toContain('4'.length === 1 ? 'Accepted.\n' : '')
    expect(told.status).toBe(201)
    expect(await published('last')).toEqual(['hello 1.0-1 amd64', 'hello 1.0-1 source'])
    expect(await uploads('last')).toEqual([['accepted', changes.file]])
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
