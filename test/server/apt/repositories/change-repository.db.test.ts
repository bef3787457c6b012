import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addPackages } from '@/server/apt/packages/add-packages'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { system } from '@/server/auth/permissions'
import { createSecret, openTestApi } from '@/test/support/api'
import { newPackage, recordFiles } from '@/test/support/apt-packages'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
let token: string
let repo: string
let repositoryId: string
let count = 0

beforeAll(async () => {
  token = await createSecret(ctx, await createActor(ctx, 'maintainer', [await createTeam(ctx, 'red')]))
  await createTeam(ctx, 'blue')
})

beforeEach(async () => {
  count += 1
  repo = `repo-${count}`
  const json = {
    ...{ name: repo, components: ['main', 'contrib'], architectures: ['amd64', 'arm64'] },
    branches: ['unstable', 'testing', 'stable'],
  }
  repositoryId = (await (await call('/apt/repositories', { token, json })).json()).id
})

async function patch(json: unknown, path = '') {
  const response = await call(`/apt/repositories/${repo}${path}`, { method: 'PATCH', token, json })
  return { status: response.status, body: await response.json() }
}
const publications = () => ctx.db.aptPublication.count({ where: { branch: { repositoryId } } })
async function releaseOf(name: string): Promise<string> {
  const row = await ctx.db.aptBranch.findFirstOrThrow({
    where: { repositoryId, name },
    include: { publication: true },
  })
  return row.publication?.release ?? ''
}
async function add(given: Parameters<typeof newPackage>[0]): Promise<void> {
  const packages = [newPackage(given)]
  await recordFiles(ctx, packages)
  const request = { repositoryId, branches: ['unstable'], actor: system, cause: 'upload' as const }
  await changeBranches(ctx, request, async (tx, locked) => {
    const branch = locked.branches.get('unstable')
    if (branch === undefined) throw new Error('no branch')
    return { result: await addPackages(tx, locked, { branch, packages }) }
  })
}

describe('PATCH /apt/repositories/{repo}', () => {
  it('takes a host name together with what makes new indexes', async () => {
    expect((await patch({ contents: false })).status).toBe(200)
    await add({ name: 'hello' })
    const settings = { fqdn: `packages-${count}.example.org`, contents: true }
    expect(await patch(settings)).toMatchObject({ status: 200, body: settings })
    expect(await releaseOf('unstable')).toContain('main/Contents-amd64')
  })

  it('publishes every branch anew when Release changes, and none when it does not', async () => {
    const quiet = await patch({ description: 'Tools', allowOlder: true, keepGenerations: 3, team: 'red' })
    expect(quiet).toMatchObject({
      status: 200,
      body: { description: 'Tools', team: 'red', allowOlder: true },
    })
    expect(await publications()).toBe(3)
    const { status, body } = await patch({ label: 'Our tools', origin: 'Example' })
    expect({ status, label: body.label }).toEqual({ status: 200, label: 'Our tools' })
    expect(await publications()).toBe(6)
    for (const name of ['unstable', 'testing', 'stable']) {
      expect(await releaseOf(name)).toMatch(/^Origin: Example\nLabel: Our tools\n/)
    }
    const [last] = await ctx.db.auditEntry.findMany({
      where: { subjectId: repositoryId },
      orderBy: { id: 'desc' },
    })
    expect(last).toMatchObject({ action: 'apt.change-repository', details: { label: 'Our tools' } })
  })

  it('puts branches in order, and adds new ones, published', async () => {
    const branches = ['stable', 'unstable', 'prestable', 'testing']
    const { status, body } = await patch({ branches })
    expect(status).toBe(200)
    expect(
      body.branches.map(({ name, position }: { name: string; position: number }) => [position, name]),
    ).toEqual(branches.map((name, position) => [position, name]))
    expect(body.branches[2].publishedAt).not.toBeNull()
    expect(await releaseOf('prestable')).toMatch(/^Suite: prestable$/m)
    expect(await publications()).toBe(4)
  })

  it('loses no branch', async () => {
    expect(await patch({ branches: ['unstable', 'new', 'stable'] })).toMatchObject({
      status: 400,
      body: { fields: [{ path: 'branches', message: expect.stringMatching(/“testing” is missing/) }] },
    })
    expect(await ctx.db.aptBranch.count({ where: { repositoryId } })).toBe(3)
  })

  it('adds components and architectures, and takes them away while nothing uses them', async () => {
    await add({ name: 'used', component: 'contrib', architecture: 'arm64' })
    await add({ name: 'every', architecture: 'all' })
    const added = await patch({
      components: ['main', 'contrib', 'extra'],
      architectures: ['amd64', 'arm64', 'riscv64'],
    })
    expect(added.status).toBe(200)
    const release = await releaseOf('unstable')
    expect(release).toMatch(/^Components: main contrib extra$/m)
    expect(release).toMatch(/^Architectures: .*riscv64/m)
    expect(release).toMatch(/ extra\/binary-riscv64\/Packages.gz$/m)
    expect(await patch({ components: ['main'] })).toMatchObject({
      status: 409,
      body: {
        fields: [{ path: 'components' }],
        detail: 'The component “contrib” cannot be taken away: used and perhaps others have it.',
      },
    })
    expect(await patch({ architectures: ['amd64'] })).toMatchObject({
      status: 409,
      body: { fields: [{ path: 'architectures' }], detail: expect.stringMatching(/“arm64”/) },
    })
    expect((await patch({ components: ['contrib', 'main'], architectures: ['arm64'] })).status).toBe(200)
    expect(await releaseOf('unstable')).toMatch(/^Components: contrib main$/m)
    expect(await releaseOf('unstable')).not.toMatch(/riscv64|amd64|extra/)
  })

  it('says that a host name is taken', async () => {
    expect((await patch({ fqdn: 'dist.example.org' })).body.fqdn).toBe('dist.example.org')
    const json = { name: 'third', components: ['main'], architectures: ['amd64'], branches: ['sid'] }
    await call('/apt/repositories', { token, json })
    const response = await call('/apt/repositories/third', {
      ...{ method: 'PATCH', token, json: { fqdn: 'DIST.example.org' } },
    })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ fields: [{ path: 'fqdn' }] })
    expect((await patch({ fqdn: null })).body.fqdn).toBeNull()
  })

  it('changes nothing in a rehearsal', async () => {
    const { status, body } = await patch(
      { label: 'Other', branches: ['stable', 'testing', 'unstable', 'x'] },
      '?dryRun=true',
    )
    expect({ status, label: body.label, names: body.branches.length }).toEqual({
      status: 200,
      label: 'Other',
      names: 4,
    })
    const response = await call(`/apt/repositories/${repo}`, { token })
    expect(await response.json()).toMatchObject({ label: repo, branches: [{ name: 'unstable' }, {}, {}] })
    expect(await publications()).toBe(3)
  })

  it('is for maintainers of its team', async () => {
    expect((await patch({ team: 'blue' })).status).toBe(403)
    const id = (await ctx.db.team.findUniqueOrThrow({ where: { slug: 'blue' } })).id
    await ctx.db.aptRepository.update({ where: { id: repositoryId }, data: { teamId: id } })
    expect((await patch({ label: 'Mine' })).status).toBe(403)
  })

  it.each([
    [{ components: [] }],
    [{ components: ['main', 'main'] }],
    [{ architectures: ['all'] }],
    [{ branches: ['unstable', 'testing', 'stable', 'pool'] }],
    [{ branches: ['Un Stable'] }],
    [{ label: 'two\nlines' }],
    [{ keepGenerations: 2 }],
    [{ fqdn: 'https://dist.example.org/' }],
    [{ signaturePolicy: 'maybe' }],
    [{ team: 'no-such-team' }],
  ])('refuses %o', async (json) => {
    const { status, body } = await patch(json)
    expect([400, 403]).toContain(status)
    expect(body.detail).toEqual(expect.any(String))
  })
})

describe('PATCH /apt/repositories/{repo}/branches/{branch}', () => {
  it('publishes what Release says, and nothing else', async () => {
    const quiet = await patch({ approvalRequired: true, keepVersions: 3 }, '/branches/stable')
    expect(quiet).toMatchObject({
      status: 200,
      body: { name: 'stable', approvalRequired: true, keepVersions: 3 },
    })
    expect(await publications()).toBe(3)
    const json = { notAutomatic: true, butAutomaticUpgrades: true, validDays: 7 }
    const { body } = await patch(json, '/branches/stable')
    expect(body).toMatchObject({ ...json, validUntil: expect.any(String) })
    const release = await releaseOf('stable')
    expect(release).toMatch(/^NotAutomatic: yes$/m)
    expect(release).toMatch(/^Valid-Until: /m)
    expect(await releaseOf('unstable')).not.toMatch(/NotAutomatic: yes/)
    expect(await publications()).toBe(4)
    expect((await patch({ validDays: null }, '/branches/stable')).body.validUntil).toBeNull()
    expect(await releaseOf('stable')).not.toMatch(/Valid-Until/)
  })

  it('refuses what makes no sense, and changes nothing then', async () => {
    expect(await patch({ butAutomaticUpgrades: true }, '/branches/stable')).toMatchObject({
      status: 400,
      body: { fields: [{ path: 'butAutomaticUpgrades' }] },
    })
    expect((await patch({ validDays: 0 }, '/branches/stable')).status).toBe(400)
    expect((await patch({ keepVersions: 0 }, '/branches/stable')).status).toBe(400)
    expect((await patch({}, '/branches/none')).status).toBe(404)
    const rehearsed = await patch({ validDays: 7 }, '/branches/stable?dryRun=true')
    expect(rehearsed).toMatchObject({ status: 200, body: { validDays: 7 } })
    expect(await releaseOf('stable')).not.toMatch(/Valid-Until/)
    expect(await publications()).toBe(3)
  })
})

describe('GET /apt/repositories', () => {
  it('lists by name, page by page, and finds', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) {
      const json = {
        name,
        components: ['main'],
        architectures: ['amd64'],
        branches: ['sid'],
        description: '50% off',
      }
      expect((await call('/apt/repositories', { token, json })).status).toBe(201)
    }
    const read = async (query: string) => (await call(`/apt/repositories?${query}`, { token })).json()
    const first = await read('q=PAGE-&limit=2')
    expect(first.items.map(({ name }: { name: string }) => name)).toEqual(['page-a', 'page-b'])
    const second = await read(`q=PAGE-&limit=2&cursor=${first.nextCursor}`)
    expect(second).toMatchObject({ items: [{ name: 'page-c' }], nextCursor: null })
    expect((await read('q=50%25 off')).items).toHaveLength(3)
    expect((await read('q=5%25off')).items).toHaveLength(0)
    expect((await call('/apt/repositories?cursor=x', { token })).status).toBe(400)
    expect((await call('/apt/repositories/none', { token })).status).toBe(404)
    expect((await call('/apt/repositories/NONE', { token })).status).toBe(400)
  })

  it('counts requests that still wait, and tells the last change', async () => {
    const expiresAt = (days: number) => new Date(Date.now() + days * 86_400_000)
    const request = {
      repositoryId,
      fromBranch: 'unstable',
      toBranch: 'stable',
      packages: [],
      filesDigest: 'x',
      requesterName: 'A',
    }
    await ctx.db.aptMoveRequest.createMany({
      data: [
        { ...request, expiresAt: expiresAt(1) },
        { ...request, expiresAt: expiresAt(-1) },
        { ...request, expiresAt: expiresAt(1), state: 'declined' },
      ],
    })
    await add({ name: 'hello' })
    const body = await (await call(`/apt/repositories/${repo}`, { token })).json()
    expect(body).toMatchObject({
      waitingRequests: 1,
      branches: [{ packages: 1, sources: 0 }, { packages: 0 }, {}],
    })
    expect(body.lastChangeAt).toBe(body.branches[0].publishedAt)
    expect(body.branches[0].size).toBeGreaterThan(0)
  })
})
