import { describe, expect, it } from 'vitest'
import { addInBatches } from '@/server/apt/uploads/add-in-batches'
import type { PackageUploaded } from '@/server/apt/uploads/schema'
import { createSecret, openTestApi } from '@/test/support/api'
import { newPackage } from '@/test/support/apt-packages'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { type BuiltFile, buildDeb } from '@/test/support/debs'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
const administrator = await createActor(ctx, 'administrator')
const token = await createSecret(ctx, administrator, { scopes: ['read', 'push', 'administer'] })
const type = 'application/vnd.debian.binary-package'

const post = (repo: string, { bytes }: BuiltFile, query = 'branch=unstable') =>
  call(`/apt/repositories/${repo}/packages?${query}`, {
    ...{ method: 'POST', token, headers: { 'content-type': type }, body: new Uint8Array(bytes) },
  })
const uploaded = async (response: Promise<Response> | Response) =>
  (await (await response).json()) as PackageUploaded
const problem = async (response: Promise<Response> | Response) => {
  const { status, detail } = (await (await response).json()) as { status: number; detail: string }
  return [status, detail] as const
}
const publications = (repo: string) =>
  ctx.db.aptPublication.count({ where: { branch: { repository: { name: repo } } } })

describe('a package by itself', () => {
  it('is published in its branch, under the name that its control file gives it', async () => {
    await createRepositoryRows(ctx, { name: 'single', components: ['main', 'contrib'] })
    const deb = buildDeb({
      name: 'hello',
      version: '1:2.0-1',
      section: 'contrib/net',
      source: 'greetings (1:2.0)',
    })
    const response = await post('single', deb)
    expect(response.status).toBe(201)
    const one = (await response.json()) as PackageUploaded
    expect(one).toMatchObject({
      ...{ name: 'hello', version: '1:2.0-1', architecture: 'amd64', type: 'deb', component: 'contrib' },
      ...{ source: 'greetings', sourceVersion: '1:2.0', branch: 'unstable', wasStored: false },
      path: 'pool/contrib/g/greetings/hello_2.0-1_amd64.deb',
    })
    const detail = await (await call(`/apt/repositories/single/uploads/${one.uploadId}`, { token })).json()
    expect(detail).toMatchObject({
      ...{ via: 'api', state: 'accepted', branch: 'unstable', source: 'greetings' },
      packages: [{ name: 'hello', version: '1:2.0-1' }],
    })
    expect(await uploaded(post('single', deb))).toMatchObject({ wasStored: true, id: one.id })
    expect(await publications('single')).toBe(1)
  })

  it('goes to the component that is asked for, and no other', async () => {
    await createRepositoryRows(ctx, { name: 'parts', components: ['main', 'contrib'] })
    const asked = post('parts', buildDeb({ name: 'one' }), 'branch=unstable&component=contrib&via=portal')
    expect(await uploaded(asked)).toMatchObject({ component: 'contrib' })
    expect(await ctx.db.aptUpload.count({ where: { via: 'portal' } })).toBe(1)
    const [status] = await problem(post('parts', buildDeb({ name: 'two' }), 'branch=unstable&component=none'))
    expect(status).toBe(400)
  })

  it.each([
    ['udeb', 'pool/main/h/hello/hello_1.0_amd64.udeb'],
    ['ddeb', 'pool/main/h/hello/hello_1.0_amd64.ddeb'],
  ])('may be a .%s, which says so itself', async (kind, path) => {
    await createRepositoryRows(ctx, { name: `kind-${kind}` })
    const deb = buildDeb({ name: 'hello', fields: { 'Package-Type': kind } })
    expect(await uploaded(post(`kind-${kind}`, deb))).toMatchObject({ type: kind, path })
  })
})

describe('many packages at once', () => {
  it('are published together, and one that is refused stops no other', async () => {
    await createRepositoryRows(ctx, { name: 'many' })
    await post('many', buildDeb({ name: 'tool3', files: { other: 'bytes' } }))
    const debs = Array.from({ length: 30 }, (_, index) => buildDeb({ name: `tool${index}` }))
    const statuses = await Promise.all(debs.map(async (deb) => (await post('many', deb)).status))
    expect(statuses.filter((status) => status === 201)).toHaveLength(29)
    expect(statuses[3]).toBe(409)
    expect(await ctx.db.aptPlacement.count({ where: { branch: { repository: { name: 'many' } } } })).toBe(30)
    expect(await ctx.db.aptUpload.count({ where: { repository: { name: 'many' }, state: 'rejected' } })).toBe(
      1,
    )
  })

  it('cost few publications', async () => {
    const repository = await createRepositoryRows(ctx, { name: 'cheap' })
    const packages = Array.from({ length: 30 }, (_, index) => newPackage({ name: `tool${index}` }))
    const single = { repository, branch: 'unstable', via: 'api' as const }
    await Promise.all(packages.map((one) => addInBatches(ctx, administrator, { ...single, package: one })))
    // The first by itself, and all that came while it was published.
    expect(await publications('cheap')).toBe(2)
  })
})

describe('a package that is refused', () => {
  it('is told why, and leaves a report and nothing else', async () => {
    await createRepositoryRows(ctx, { name: 'refusing' })
    const deb = buildDeb({ name: 'hello' })
    const cut = { ...deb, bytes: deb.bytes.subarray(0, 300) }
    expect(await problem(post('refusing', cut))).toEqual([422, expect.stringContaining('cut off')])
    const foreign = buildDeb({ name: 'hello', architecture: 'riscv64' })
    expect(await problem(post('refusing', foreign))).toEqual([
      422,
      expect.stringContaining('riscv64 is not among'),
    ])
    expect((await post('refusing', { ...deb, bytes: Buffer.alloc(0) })).status).toBe(400)
    expect((await post('refusing', deb, 'branch=nowhere')).status).toBe(404)
    expect((await post('nowhere', deb)).status).toBe(404)
    expect(await ctx.db.aptPackage.count({ where: { repository: { name: 'refusing' } } })).toBe(0)
    const { items } = (await (
      await call('/apt/repositories/refusing/uploads?state=rejected', { token })
    ).json()) as {
      items: { error: string }[]
    }
    expect(items.map(({ error }) => error)).toEqual([
      expect.stringContaining('riscv64'),
      expect.stringContaining('cut off'),
    ])
  })

  it('for other bytes is told both hashes; for an older version, what the branch has', async () => {
    await createRepositoryRows(ctx, { name: 'bytes' })
    const stored = await uploaded(post('bytes', buildDeb({ name: 'hello', version: '2.0' })))
    const other = buildDeb({ name: 'hello', version: '2.0', files: { other: 'bytes' } })
    const [status, detail] = await problem(post('bytes', other))
    expect(status).toBe(409)
    expect(detail).toContain(stored.sha256)
    expect(detail).toMatch(/[0-9a-f]{64} is stored, [0-9a-f]{64} was sent/)
    const older = buildDeb({ name: 'hello', version: '2.0~rc1' })
    expect(await problem(post('bytes', older))).toEqual([
      422,
      expect.stringContaining('2.0~rc1 is older than 2.0'),
    ])
  })

  it('where uploads must be signed, or come by approved moves', async () => {
    const { id } = await createRepositoryRows(ctx, { name: 'strict' })
    await ctx.db.aptBranch.updateMany({
      where: { repositoryId: id, name: 'testing' },
      data: { approvalRequired: true },
    })
    const deb = buildDeb({ name: 'hello' })
    expect((await post('strict', deb, 'branch=testing')).status).toBe(403)
    await ctx.db.aptRepository.update({ where: { id }, data: { signaturePolicy: 'required' } })
    expect(await problem(post('strict', deb))).toEqual([403, expect.stringContaining('signed uploads only')])
  })

  it('in a rehearsal changes nothing', async () => {
    await createRepositoryRows(ctx, { name: 'dry' })
    expect((await post('dry', buildDeb({ name: 'hello' }), 'branch=unstable&dryRun=true')).status).toBe(204)
    expect(await ctx.db.aptUpload.count({ where: { repository: { name: 'dry' } } })).toBe(0)
  })
})
