import { beforeAll, describe, expect, it } from 'vitest'
import { readPublishedKeys } from '@/server/apt/keys/published-keys'
import { createRepository } from '@/server/apt/repositories/create-repository'
import { repositoryInput } from '@/server/apt/schema'
import type { Actor } from '@/server/auth/permissions'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext({ ENTREPOT_PUBLIC_URL: 'https://entrepot.example.org' })
let maintainer: Actor

beforeAll(async () => {
  maintainer = await createActor(ctx, 'maintainer', [await createTeam(ctx, 'red')])
  await createTeam(ctx, 'blue')
})

const basic = { components: ['main'], architectures: ['amd64'], branches: ['unstable', 'stable'] }
const create = (input: object, dryRun = false) =>
  createRepository(ctx, maintainer, repositoryInput.parse({ ...basic, ...input }), { dryRun })

describe('createRepository', () => {
  it('has a key, and its branches are published and signed at once', async () => {
    const made = await create({ name: 'tools', team: 'red', description: 'Tools of the red team' })
    expect(made).toMatchObject({
      ...{ name: 'tools', origin: 'tools', label: 'tools', team: 'red', fqdn: null },
      ...{ signaturePolicy: 'optional', allowOlder: false, keepGenerations: null, flatLayout: true },
      url: 'https://entrepot.example.org/apt/tools',
      uploadUrl: 'https://entrepot.example.org/upload/tools/',
      keys: [{ algorithm: 'Ed25519', expiresAt: null }],
      branches: [
        { name: 'unstable', position: 0, packages: 0, sources: 0, size: 0, validUntil: null },
        { name: 'stable', position: 1, notAutomatic: false },
      ],
      waitingRequests: 0,
    })
    const shown = await ctx.db.aptPublication.findMany({ where: { branch: { repositoryId: made.id } } })
    expect(shown).toHaveLength(2)
    expect(shown[0]).toMatchObject({ cause: 'settings', packages: 0, actorName: maintainer.name })
    for (const { release, inRelease, detached } of shown) {
      expect(release).toContain('Origin: tools\n')
      expect(inRelease).toContain(release)
      expect(detached).toMatch(/^-----BEGIN PGP SIGNATURE-----\n/)
    }
    const { armored } = await readPublishedKeys(ctx.db, made.id)
    expect(armored).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n/)
    const audit = await ctx.db.auditEntry.findMany({ where: { subjectId: made.id } })
    expect(audit).toMatchObject([{ action: 'apt.create-repository', subjectName: 'tools' }])
  })

  it('takes settings of branches, and everything else that a repository has', async () => {
    const made = await create({
      ...{ name: 'full', fqdn: 'Dist.Example.ORG', origin: 'Example', label: 'Example tools' },
      ...{ components: ['main', 'contrib'], architectures: ['amd64', 'arm64'], keepGenerations: 5 },
      ...{ signaturePolicy: 'required', allowOlder: true, flatLayout: false, contents: false },
      branches: [
        'sid',
        { name: 'backports', notAutomatic: true, butAutomaticUpgrades: true, validDays: 7, keepVersions: 2 },
        { name: 'stable', approvalRequired: true },
      ],
    })
    expect(made).toMatchObject({
      ...{ fqdn: 'dist.example.org', signaturePolicy: 'required', flatLayout: false, contents: false },
      branches: [
        { name: 'sid' },
        { name: 'backports', notAutomatic: true, butAutomaticUpgrades: true, validDays: 7, keepVersions: 2 },
        { name: 'stable', approvalRequired: true },
      ],
    })
    const validUntil = Date.parse(made.branches[1]?.validUntil ?? '')
    expect(validUntil - Date.parse(made.branches[1]?.publishedAt ?? '')).toBe(7 * 86_400_000)
    const row = await ctx.db.aptPublication.findFirstOrThrow({ where: { branch: { name: 'backports' } } })
    expect(row.release).toMatch(/^NotAutomatic: yes$/m)
    expect(row.release).toMatch(/^ButAutomaticUpgrades: yes$/m)
    expect(row.release).toMatch(/^Valid-Until: /m)
  })

  it('says which name is taken', async () => {
    await create({ name: 'taken', fqdn: 'taken.example.org' })
    await expect(create({ name: 'taken' })).rejects.toMatchObject({
      code: 'conflict',
      message: 'Another repository has the name “taken” already.',
      fields: [{ path: 'name' }],
    })
    await expect(create({ name: 'other', fqdn: 'taken.example.org' })).rejects.toMatchObject({
      code: 'conflict',
      fields: [{ path: 'fqdn', message: 'Another repository has the host name taken.example.org already.' }],
    })
  })

  it('changes nothing in a rehearsal', async () => {
    const made = await create({ name: 'rehearsed' }, true)
    expect(made).toMatchObject({ name: 'rehearsed', branches: [{ publishedAt: null }, {}] })
    expect(await ctx.db.aptRepository.count({ where: { name: 'rehearsed' } })).toBe(0)
    expect(await ctx.db.auditEntry.count({ where: { subjectName: 'rehearsed' } })).toBe(0)
  })

  it('refuses automatic upgrades of a branch that is automatic anyway', async () => {
    const branches = ['sid', { name: 'x', butAutomaticUpgrades: true }]
    await expect(create({ name: 'a', branches })).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'branches.1.butAutomaticUpgrades' }],
    })
  })

  it('is for maintainers, and those of a team for its own', async () => {
    const input = repositoryInput.parse({ ...basic, name: 'theirs', team: 'blue' })
    await expect(createRepository(ctx, maintainer, input)).rejects.toMatchObject({ code: 'forbidden' })
    const member = await createActor(ctx, 'member', [])
    const open = repositoryInput.parse({ ...basic, name: 'theirs' })
    await expect(createRepository(ctx, member, open)).rejects.toMatchObject({ code: 'forbidden' })
    const administrator = await createActor(ctx, 'administrator', [])
    const unknown = repositoryInput.parse({ ...basic, name: 'theirs', team: 'green' })
    await expect(createRepository(ctx, administrator, unknown)).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'team', message: 'There is no team “green”.' }],
    })
  })
})
