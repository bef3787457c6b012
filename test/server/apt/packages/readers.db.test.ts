import { beforeAll, describe, expect, it } from 'vitest'
import { addPackages } from '@/server/apt/packages/add-packages'
import { unplace } from '@/server/apt/packages/placements'
import { changeBranches, type LockedBranches } from '@/server/apt/publish/change-branches'
import { system } from '@/server/auth/permissions'
import { createSecret, openTestApi } from '@/test/support/api'
import { newPackage, recordFiles } from '@/test/support/apt-packages'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext({ ENTREPOT_PUBLIC_URL: 'https://entrepot.example.org' })
const { call } = openTestApi(ctx)
let token: string
let repositoryId: string

type Given = Parameters<typeof newPackage>[0]
const branchOf = ({ branches }: LockedBranches, name: string) => {
  const branch = branches.get(name)
  if (branch === undefined) throw new Error(`no ${name}`)
  return branch
}

async function add(branch: string, ...given: Given[]): Promise<bigint[]> {
  const packages = given.map(newPackage)
  await recordFiles(ctx, packages)
  const request = { repositoryId, branches: [branch], actor: system, cause: 'upload' as const }
  return changeBranches(ctx, request, async (tx, locked) => {
    const { ids } = await addPackages(tx, locked, { branch: branchOf(locked, branch), packages })
    return { result: ids }
  })
}

async function take(branch: string, ids: bigint[]): Promise<void> {
  const request = { repositoryId, branches: [branch], actor: system, cause: 'remove' as const }
  await changeBranches(ctx, request, async (tx, locked) => {
    await unplace(tx, locked, branchOf(locked, branch), ids)
    return { result: undefined }
  })
}

const get = async (path: string) => {
  const response = await call(path, { token })
  return { status: response.status, body: await response.json() }
}
const read = (path: string) => get(`/apt/repositories/tools${path}`)

beforeAll(async () => {
  token = await createSecret(ctx, await createActor(ctx, 'maintainer', []))
  const json = {
    ...{ name: 'tools', components: ['main', 'contrib'], architectures: ['amd64', 'arm64'] },
    branches: ['unstable', { name: 'stable', approvalRequired: true }],
  }
  repositoryId = (await (await call('/apt/repositories', { token, json })).json()).id
  const hello = (version: string): Given[] => [
    { name: 'hello', type: 'source', version },
    {
      name: 'hello',
      version,
      dependsOn: ['libhello1'],
      fields: 'Depends: libhello1 (>= 1.0), libc6 | libhello1,\nHomepage: https://example.org/hello\n',
      paths: ['usr/bin/hello', 'usr/share/a b'],
    },
    { name: 'libhello1', source: 'hello', version, architecture: 'amd64' },
    { name: 'libhello1', source: 'hello', version, architecture: 'arm64' },
    { name: 'hello-doc', source: 'hello', version, architecture: 'all' },
  ]
  await add('stable', ...hello('1.9-1'))
  await add('unstable', ...hello('1.9-1'))
  await add('unstable', ...hello('1.10-1'))
  await add('unstable', {
    name: 'extra-tool',
    component: 'contrib',
    fields: 'Homepage: javascript:alert(1)\n',
  })
  await take('unstable', await add('unstable', ...hello('1.0~rc1-1')))
})

describe('the board', () => {
  it('has the branches in order, each with its newest source versions', async () => {
    const { status, body } = await read('/board')
    expect(status).toBe(200)
    expect(
      body.columns.map((column: { branch: string; total: number }) => [column.branch, column.total]),
    ).toEqual([
      ['unstable', 3],
      ['stable', 1],
    ])
    const [unstable, stable] = body.columns
    expect(stable.approvalRequired).toBe(true)
    expect(
      unstable.cards.map(
        ({ source, version }: { source: string; version: string }) => `${source} ${version}`,
      ),
    ).toEqual(['extra-tool 1.0', 'hello 1.10-1', 'hello 1.9-1'])
    expect(unstable.cards[1]).toEqual({
      ...{ source: 'hello', version: '1.10-1', component: 'main', architectures: ['all', 'amd64', 'arm64'] },
      ...{ binaries: 4, hasSource: true, summary: 'The package hello', placedAt: expect.any(String) },
    })
    expect(unstable.cards[0]).toMatchObject({
      component: 'contrib',
      hasSource: false,
      architectures: ['amd64'],
    })
  })

  it('finds by any part of a source’s or a package’s name, and by component', async () => {
    const totals = async (query: string) =>
      (await read(`/board?${query}`)).body.columns.map(({ total }: { total: number }) => total)
    expect(await totals('q=LIBhel')).toEqual([2, 1])
    expect(await totals('q=tool')).toEqual([1, 0])
    expect(await totals('q=%25')).toEqual([0, 0])
    expect(await totals('component=contrib')).toEqual([1, 0])
    expect(await totals('component=cont')).toEqual([0, 0])
    expect(await totals('q=hello&component=contrib')).toEqual([0, 0])
  })

  it('shows as many cards as asked, and what changes', async () => {
    const { body } = await read('/board?limit=1')
    expect(body.columns[0]).toMatchObject({ total: 3, cards: [{ source: 'extra-tool' }] })
    const ids = await add('unstable', { name: 'fresh' })
    const after = await read('/board?limit=1')
    expect(after.body.columns[0]).toMatchObject({ total: 4, cards: [{ source: 'fresh' }] })
    await take('unstable', ids)
    expect((await read('/board?limit=1')).body).toEqual(body)
  })

  it('meets a source version once, whose packages came at different times', async () => {
    const late = await add('unstable', { name: 'hello-dbg', source: 'hello', version: '1.9-1' })
    const { cards, total } = (await read('/board?limit=3')).body.columns[0]
    expect(total).toBe(3)
    expect(cards.map(({ version }: { version: string }) => version)).toEqual(['1.9-1', '1.0', '1.10-1'])
    await take('unstable', late)
  })

  it.each(['/board?limit=0', '/board?limit=201', '/board?limit=x'])('refuses %s', async (path) => {
    expect((await read(path)).status).toBe(400)
  })
})

describe('sources', () => {
  it('have their versions side by side, the newest first', async () => {
    const { body } = await read('/sources')
    expect(body.items.map(({ source }: { source: string }) => source)).toContain('extra-tool')
    expect(body.items.find(({ source }: { source: string }) => source === 'hello')).toEqual({
      ...{ source: 'hello', summary: 'The package hello', component: 'main', elsewhere: 1 },
      branches: [
        { branch: 'unstable', versions: ['1.10-1', '1.9-1'] },
        { branch: 'stable', versions: ['1.9-1'] },
      ],
    })
  })

  it('come page by page', async () => {
    const names: string[] = []
    let cursor = ''
    for (let pages = 0; pages < 10; pages += 1) {
      const { body } = await read(`/sources?limit=1${cursor}`)
      names.push(...body.items.map(({ source }: { source: string }) => source))
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor}`
    }
    expect(names).toEqual([...new Set(names)].sort())
    expect(names).toContain('hello')
    expect((await read('/sources?cursor=x')).status).toBe(400)
  })

  it('are found by part of a package’s name, and by branch', async () => {
    const names = async (query: string) =>
      (await read(`/sources?${query}`)).body.items.map(({ source }: { source: string }) => source)
    expect(await names('q=lo-DOC')).toEqual(['hello'])
    expect(await names('branch=stable')).toEqual(['hello'])
    expect(await names('q=tool&branch=stable')).toEqual([])
    expect(await names('q=_')).toEqual([])
    expect((await read('/sources?branch=none')).status).toBe(404)
  })

  it('tell every version with its packages', async () => {
    const { status, body } = await read('/sources/hello')
    expect(status).toBe(200)
    expect(
      body.versions.map(({ version, branches }: { version: string; branches: string[] }) => [
        version,
        branches,
      ]),
    ).toEqual([
      ['1.10-1', ['unstable']],
      ['1.9-1', ['unstable', 'stable']],
      ['1.0~rc1-1', []],
    ])
    const { packages } = body.versions[0]
    expect(packages.map(({ name, type }: { name: string; type: string }) => `${name} ${type}`)).toEqual([
      'hello source',
      'hello deb',
      'hello-doc deb',
      'libhello1 deb',
      'libhello1 deb',
    ])
    expect(packages[1]).toMatchObject({ version: '1.10-1', architecture: 'amd64', branches: ['unstable'] })
    expect((await read('/sources/none')).status).toBe(404)
    expect((await read(`/sources/${encodeURIComponent("a'b/../c")}`)).status).toBe(404)
  })
})

describe('a package', () => {
  it('tells its control data, files, relations, paths and moves', async () => {
    const row = await ctx.db.aptPackage.findFirstOrThrow({
      where: { name: 'hello', version: '1.10-1', type: 'deb' },
    })
    const move = await ctx.db.aptMove.create({
      data: {
        ...{ repositoryId, kind: 'copy', fromBranch: 'unstable', toBranch: 'stable', reason: 'Release' },
        ...{ actorType: 'user', actorName: 'A maintainer' },
        items: { create: { packageId: row.id, toBranch: 'stable' } },
      },
    })
    const { status, body } = await read(`/packages/${row.id}`)
    expect(status).toBe(200)
    const [file] = newPackage({ name: 'hello', version: '1.10-1' }).files
    expect(body).toMatchObject({
      ...{ id: String(row.id), type: 'deb', name: 'hello', version: '1.10-1', architecture: 'amd64' },
      ...{ source: 'hello', sourceVersion: '1.10-1', branches: ['unstable'], control: row.stanza },
      ...{ homepage: 'https://example.org/hello', paths: ['usr/bin/hello', 'usr/share/a b'] },
      files: [
        {
          path: file?.path,
          url: `https://entrepot.example.org/apt/tools/${file?.path}`,
          sha256: file?.sha256,
        },
      ],
      relations: [
        {
          field: 'Depends',
          entries: [
            { text: 'libhello1 (>= 1.0)', packageName: 'libhello1' },
            { text: 'libc6 | libhello1', packageName: 'libhello1' },
          ],
        },
      ],
      moves: [
        {
          id: move.id,
          kind: 'copy',
          fromBranch: null,
          toBranch: 'stable',
          actorName: 'A maintainer',
          reason: 'Release',
        },
      ],
    })
  })

  it('may have no paths, and no link that a browser would run', async () => {
    const source = await ctx.db.aptPackage.findFirstOrThrow({ where: { name: 'hello', type: 'source' } })
    expect((await read(`/packages/${source.id}`)).body).toMatchObject({ paths: null, homepage: null })
    const extra = await ctx.db.aptPackage.findFirstOrThrow({ where: { name: 'extra-tool' } })
    expect((await read(`/packages/${extra.id}`)).body.homepage).toBeNull()
  })

  it('is not found elsewhere', async () => {
    const json = { name: 'other', components: ['main'], architectures: ['amd64'], branches: ['sid'] }
    await call('/apt/repositories', { token, json })
    const { id } = await ctx.db.aptPackage.findFirstOrThrow({ where: { name: 'hello' } })
    expect((await get(`/apt/repositories/other/packages/${id}`)).status).toBe(404)
    expect((await read('/packages/999999999999999999')).status).toBe(404)
    expect((await read('/packages/x')).status).toBe(400)
    expect((await read('/packages/9999999999999999999')).status).toBe(400)
  })
})

describe('GET /search', () => {
  const search = async (query: string) => (await get(`/search?${query}`)).body

  it('answers as dist did', async () => {
    expect(await search('pkg=hello&repo=tools&strict=true')).toEqual({
      success: true,
      result: [
        { ...facts('hello', '1.10-1'), environment: 'unstable' },
        { ...facts('hello', '1.9-1'), environment: 'unstable' },
        { ...facts('hello', '1.9-1'), environment: 'stable' },
      ],
    })
  })

  function facts(name: string, version: string) {
    const architectures = ['amd64', 'source']
    return { package: name, source: 'hello', version, repository: 'tools', component: 'main', architectures }
  }

  it('takes any part of a name, a version and a branch', async () => {
    const names = (body: { result: { package: string }[] }) => body.result.map((row) => row.package)
    expect(new Set(names(await search('pkg=HELLO')))).toEqual(new Set(['hello', 'hello-doc', 'libhello1']))
    expect(names(await search('pkg=hell&strict=true'))).toEqual([])
    expect(names(await search('pkg=hello&strict=false&ver=1.9-1&env=stable'))).toEqual([
      'hello',
      'hello-doc',
      'libhello1',
    ])
    expect(names(await search('pkg=hello&repo=none'))).toEqual([])
    expect(names(await search('pkg=%25'))).toEqual([])
    expect((await get('/search')).status).toBe(400)
    expect((await get('/search?pkg=')).status).toBe(400)
  })
})
