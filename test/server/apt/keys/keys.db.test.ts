import { enums, generateKey, readKey, readKeys, reformatKey, revokeKey } from 'openpgp'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readPublishedKeys } from '@/server/apt/keys/published-keys'
import { openReleaseSigner } from '@/server/apt/keys/release-signer'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { openGpg, type Signed, verifyWithGpgv, verifyWithSqv } from '@/test/support/gpg'
import { createActor, createTeam } from '@/test/support/people'
import { itWith } from '@/test/support/tools'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
const gpg = await openGpg()
let token: string
let repo: string
let repositoryId: string
let count = 0

beforeAll(async () => {
  token = await createSecret(ctx, await createActor(ctx, 'maintainer', [await createTeam(ctx, 'red')]))
})

beforeEach(async () => {
  count += 1
  repo = `repo-${count}`
  const json = {
    name: repo,
    components: ['main'],
    architectures: ['amd64'],
    branches: ['unstable', 'stable'],
  }
  repositoryId = (await (await call('/apt/repositories', { token, json })).json()).id
})

const at = (path: string) => `/apt/repositories/${repo}${path}`
const post = async (path: string, json?: unknown) => {
  const response = await call(at(path), { method: 'POST', token, json: json ?? {} })
  return { status: response.status, body: await response.json() }
}
const get = async (path: string) => (await call(at(path), { token })).json()
const importKey = (privateKey: string, passphrase?: string) =>
  post('/keys', { origin: 'imported', privateKey, passphrase })

/** What both branches show now. */
async function shown(): Promise<Signed[]> {
  const rows = await ctx.db.aptBranch.findMany({ where: { repositoryId }, include: { publication: true } })
  const { binary: key } = await readPublishedKeys(ctx.db, repositoryId)
  return rows.flatMap(({ publication }) => {
    if (publication === null) return []
    const { release, inRelease, detached } = publication
    return [{ release, inRelease, detached, key }]
  })
}

async function armored(options: object = {}, how: { date?: Date; days?: number } = {}) {
  const { privateKey } = await generateKey({
    ...{ type: 'ecc', curve: 'ed25519Legacy', userIDs: { name: 'Imported' }, subkeys: [], format: 'object' },
    ...(how.date && { date: how.date }),
    ...(how.days !== undefined && { keyExpirationTime: how.days * 86_400 }),
    ...options,
  } as Parameters<typeof generateKey>[0] & { format: 'object' })
  return privateKey
}

describe('generated keys', () => {
  it('are listed with their public part alone, and sign with those before', async () => {
    const { status, body } = await post('/keys', { origin: 'generated', validDays: 400 })
    expect(status).toBe(201)
    expect(body).toMatchObject({ origin: 'generated', algorithm: 'Ed25519', retiredAt: null, warnings: [] })
    expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(399 * 86_400_000)
    const { items } = await get('/keys')
    expect(items).toHaveLength(2)
    expect(items[0]).toEqual(body)
    expect(JSON.stringify(items)).not.toMatch(/PRIVATE|sealed/)
    const row = await ctx.db.aptKey.findUniqueOrThrow({ where: { id: body.id } })
    expect(row.sealedKey).toMatch(/^v1\./)
    expect(row.sealedKey).not.toContain('PGP')
    const key = await readKey({ armoredKey: body.publicKey })
    expect(key.keyPacket.version).toBe(4)
    expect(key.users[0]?.selfCertifications[0]?.hashAlgorithm).toBe(enums.hash.sha512)
  })

  itWith('gpgv', 'make signatures that gpgv accepts, several on one Release', async () => {
    await post('/keys', { origin: 'generated' })
    for (const signed of await shown()) {
      const [inline, detached] = await verifyWithGpgv(signed)
      expect(inline).toMatchObject({ status: 0 })
      expect(detached).toMatchObject({ status: 0 })
      expect(detached?.stderr.match(/Good signature/g)).toHaveLength(2)
      expect(inline?.stderr.match(/Good signature/g)).toHaveLength(2)
    }
  })

  itWith('sqv', 'make signatures that sqv accepts', async () => {
    await post('/keys', { origin: 'generated' })
    for (const signed of await shown()) {
      const [detached] = await verifyWithSqv(signed)
      expect(detached?.stderr).toBe('')
      expect(detached?.status).toBe(0)
      expect(detached?.stdout.trim().split('\n')).toHaveLength(2)
    }
  })

  itWith('gpgv', 'of RSA-4096 sign too', async () => {
    const { body } = await post('/keys', { origin: 'generated', algorithm: 'rsa4096' })
    expect(body).toMatchObject({ algorithm: 'RSA-4096', warnings: [] })
    const first = (await get('/keys')).items[1]
    expect((await post(`/keys/${first.id}/retire`)).status).toBe(200)
    for (const signed of await shown()) {
      for (const { status } of [...(await verifyWithGpgv(signed)), ...(await verifyWithSqv(signed))]) {
        expect(status).toBe(0)
      }
    }
  })

  it('change nothing in a rehearsal', async () => {
    const { status } = await post('/keys?dryRun=true', { origin: 'generated' })
    expect(status).toBe(201)
    expect((await get('/keys')).items).toHaveLength(1)
    expect(await ctx.db.aptPublication.count({ where: { branch: { repositoryId } } })).toBe(2)
  })
})

describe('rotation', () => {
  it('hands out what is not retired, and signs with nothing else', async () => {
    const [old] = (await get('/keys')).items
    const { body: next } = await post('/keys', { origin: 'generated' })
    const both = await readPublishedKeys(ctx.db, repositoryId)
    const fingerprints = async (armoredKeys: string) =>
      (await readKeys({ armoredKeys })).map((key) => key.getFingerprint().toUpperCase())
    expect(await fingerprints(both.armored)).toEqual([old.fingerprint, next.fingerprint])
    const retired = await post(`/keys/${old.id}/retire`)
    expect(retired.body).toMatchObject({ id: old.id, retiredAt: expect.any(String), warnings: [] })
    const after = await readPublishedKeys(ctx.db, repositoryId)
    expect(await fingerprints(after.armored)).toEqual([next.fingerprint])
    expect(after.changedAt.getTime()).toBeGreaterThan(both.changedAt.getTime())
    expect((await readKeys({ binaryKeys: after.binary })).length).toBe(1)
    const again = await post(`/keys/${old.id}/retire`)
    expect(again).toEqual(retired)
    const actions = await ctx.db.auditEntry.findMany({
      where: { subjectName: { startsWith: `${repo}/` } },
      orderBy: { id: 'asc' },
    })
    expect(actions.map(({ action }) => action)).toEqual(['apt.add-key', 'apt.retire-key'])
  })

  it('keeps the last key that signs, also when two are retired at once', async () => {
    const [only] = (await get('/keys')).items
    expect(await post(`/keys/${only.id}/retire`)).toMatchObject({
      status: 409,
      body: { detail: 'This is the last key that signs. Add another before you retire it.' },
    })
    const { body: other } = await post('/keys', { origin: 'generated' })
    const ends = await Promise.all([only, other].map(({ id }) => post(`/keys/${id}/retire`)))
    expect(ends.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  it('does not count an expired key', async () => {
    const [only] = (await get('/keys')).items
    const { body: other } = await post('/keys', { origin: 'generated', validDays: 1 })
    await ctx.db.aptKey.update({ where: { id: other.id }, data: { expiresAt: new Date(Date.now() - 1000) } })
    expect((await post(`/keys/${only.id}/retire`)).status).toBe(409)
    await ctx.db.aptKey.update({ where: { id: only.id }, data: { retiredAt: new Date() } })
    await expect(openReleaseSigner(ctx, ctx.db, repositoryId)).rejects.toMatchObject({ code: 'conflict' })
    expect((await post('/keys', { origin: 'generated' })).status).toBe(201)
  })

  it('warns of an end that comes soon', async () => {
    const { body } = await post('/keys', { origin: 'generated', validDays: 10 })
    expect(body.warnings).toEqual([expect.stringMatching(/^It expires on /)])
  })

  it('says when the secret is another one', async () => {
    const other = { ...ctx, secret: 'another-secret-of-at-least-32-characters' }
    await ctx.db.aptKey.updateMany({ where: { repositoryId }, data: { sealedKey: 'v1.a.b.c' } })
    await expect(openReleaseSigner(other, ctx.db, repositoryId)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/secret is another one/),
    })
  })
})

describe('imported keys', () => {
  itWith('gpg', 'of GnuPG sign, with and without a passphrase', async () => {
    const fingerprint = await gpg.generate('Release <release@example.org>', 'rsa3072')
    const { status, body } = await importKey(await gpg.privateKey(fingerprint))
    expect(body).toMatchObject({ fingerprint, origin: 'imported', algorithm: 'RSA-3072', warnings: [] })
    expect(body).toMatchObject({ userId: 'Release <release@example.org>', expiresAt: null })
    expect(status).toBe(201)
    for (const signed of await shown()) {
      for (const { status: ended } of [...(await verifyWithGpgv(signed)), ...(await verifyWithSqv(signed))]) {
        expect(ended).toBe(0)
      }
    }
  })

  it('need their passphrase', async () => {
    const key = (await armored({ passphrase: 'geheim' })).armor()
    expect(await importKey(key)).toMatchObject({
      status: 400,
      body: { fields: [{ path: 'passphrase', message: expect.stringMatching(/has a passphrase/) }] },
    })
    expect(await importKey(key, 'falsch')).toMatchObject({
      status: 400,
      body: { fields: [{ path: 'passphrase', message: 'This passphrase does not open the key.' }] },
    })
    expect((await importKey(key, 'geheim')).status).toBe(201)
  })

  itWith('gpg', 'may have left their primary key at home', async () => {
    const fingerprint = await gpg.generate('Offline <offline@example.org>')
    await gpg.gpg('--passphrase', '', '--quick-add-key', fingerprint, 'ed25519', 'sign', 'never')
    const { stdout } = await gpg.gpg('--armor', '--export-secret-subkeys', fingerprint)
    const { status, body } = await importKey(stdout)
    expect({ status, fingerprint: body.fingerprint }).toEqual({ status: 201, fingerprint })
    for (const signed of await shown()) {
      for (const { status: ended } of [...(await verifyWithGpgv(signed)), ...(await verifyWithSqv(signed))]) {
        expect(ended).toBe(0)
      }
    }
  })

  it('are renewed by importing them again, and come back from retirement', async () => {
    const key = await armored({}, { days: 20 })
    const first = (await importKey(key.armor())).body
    expect(first.warnings).toHaveLength(1)
    const { privateKey: renewed } = await reformatKey({
      ...{ privateKey: key, userIDs: { name: 'Imported' }, format: 'object' },
    })
    const second = (await importKey(renewed.armor())).body
    expect(second).toMatchObject({ id: first.id, expiresAt: null, warnings: [] })
    await post(`/keys/${first.id}/retire`)
    expect((await importKey(renewed.armor())).body).toMatchObject({ id: first.id, retiredAt: null })
  })

  const weak = { rejectHashAlgorithms: new Set<number>(), minRSABits: 1024 }
  it.each<[string, () => Promise<{ armor(): string }>, RegExp]>([
    [
      'of RSA-1024',
      () => armored({ type: 'rsa', curve: undefined, rsaBits: 1024, config: weak }),
      /too short/,
    ],
    [
      'that have expired',
      () => armored({}, { date: new Date('2020-01-01'), days: 30 }),
      /It expired on 2020-01-31/,
    ],
    [
      'that are revoked',
      async () => (await revokeKey({ key: await armored(), format: 'object' })).privateKey,
      /It is revoked/,
    ],
    ['that are public', async () => (await armored()).toPublic(), /This is a public key/],
    ['that are none', async () => ({ armor: () => 'hello' }), /no armored private key/],
    [
      'that are cut off',
      async () => ({ armor: () => '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ' }),
      /damaged/,
    ],
    ['that are two', async () => two(), /Give one private key; these are 2/],
  ])('are refused: those %s', async (_, make, reason) => {
    const { status, body } = await importKey((await make()).armor())
    expect(body.detail).toMatch(reason)
    expect(body.fields).toMatchObject([{ path: 'privateKey' }])
    expect(status).toBe(400)
    expect((await get('/keys')).items).toHaveLength(1)
  })

  async function two() {
    const { stdout } = await gpg.gpg(
      ...['--armor', '--passphrase', '', '--export-secret-keys'],
      ...[await gpg.generate('A <a@example.org>'), await gpg.generate('B <b@example.org>')],
    )
    return { armor: () => stdout }
  }

  itWith('gpg', 'of DSA, or on a curve of its own, are refused', async () => {
    for (const [algorithm, reason] of [
      ['dsa2048', /DSA is rejected/],
      ['secp256k1', /secp256k1/],
    ] as const) {
      const { status, body } = await importKey(await gpg.privateKey(await gpg.generate(algorithm, algorithm)))
      expect(body.detail).toMatch(reason)
      expect(status).toBe(400)
    }
  })

  itWith(
    'gpg',
    'are refused while their own signature is made with SHA-1, and taken once it is renewed',
    async () => {
      const sha1 = ['--cert-digest-algo', 'SHA1', '--passphrase', '']
      await gpg.gpg(...sha1, '--quick-generate-key', 'Sha One <one@example.org>', 'rsa3072', 'sign', 'never')
      const refused = await importKey(await gpg.privateKey('one@example.org'))
      expect(refused.body.detail).toMatch(/made with SHA-1, which apt rejects since 2026-02-01/)
      expect(refused.status).toBe(400)
      const { stdout } = await gpg.gpg('--with-colons', '--list-keys', 'one@example.org')
      const fingerprint = /^fpr:+([0-9A-F]{40})/m.exec(stdout)?.[1] ?? ''
      await gpg.gpg(
        '--passphrase',
        '',
        '--cert-digest-algo',
        'SHA512',
        '--quick-set-expire',
        fingerprint,
        '2y',
      )
      expect(await importKey(await gpg.privateKey(fingerprint))).toMatchObject({
        status: 201,
        body: { fingerprint },
      })
    },
  )
})

describe('uploaders', () => {
  it('are added by their public key, replaced by a newer one, and removed', async () => {
    const key = await armored({}, { days: 20 })
    const { status, body } = await post('/uploaders', { publicKey: key.toPublic().armor() })
    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'Imported', fingerprint: key.getFingerprint().toUpperCase() })
    expect(body.warnings).toHaveLength(1)
    const { privateKey: renewed } = await reformatKey({
      ...{ privateKey: key, userIDs: { name: 'Imported' }, format: 'object' },
    })
    const again = await post('/uploaders', { publicKey: renewed.toPublic().armor(), name: 'CI' })
    expect(again.body).toMatchObject({ id: body.id, name: 'CI', expiresAt: null, warnings: [] })
    expect((await get('/uploaders')).items).toEqual([again.body])
    const remove = (query = '') => call(at(`/uploaders/${body.id}${query}`), { method: 'DELETE', token })
    expect((await remove('?dryRun=true')).status).toBe(200)
    expect((await get('/uploaders')).items).toHaveLength(1)
    expect((await remove()).status).toBe(200)
    expect((await remove()).status).toBe(404)
    expect((await get('/uploaders')).items).toEqual([])
  })

  it.each<[string, () => Promise<string>, RegExp]>([
    ['a private key', async () => (await armored()).armor(), /This is a private key. Keep it/],
    ['what is no key', async () => 'hello', /no armored public key/],
    [
      'an expired key',
      async () => (await armored({}, { date: new Date('2020-01-01'), days: 30 })).toPublic().armor(),
      /Nothing that this key signs would count. It expired on 2020-01-31/,
    ],
  ])('are not %s', async (_, make, reason) => {
    const { status, body } = await post('/uploaders', { publicKey: await make() })
    expect(body.detail).toMatch(reason)
    expect(status).toBe(400)
  })
})

describe('bad requests', () => {
  it('are told apart', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000'
    expect((await post(`/keys/${nobody}/retire`)).status).toBe(404)
    expect((await post('/keys/x/retire')).status).toBe(400)
    expect((await post('/keys', { origin: 'stolen' })).status).toBe(400)
    expect((await post('/keys', { origin: 'generated', algorithm: 'dsa' })).status).toBe(400)
    expect((await post('/keys', { origin: 'generated', validDays: 0 })).status).toBe(400)
    expect((await call('/apt/repositories/none/keys', { token })).status).toBe(404)
    expect((await call(at('/keys?cursor=x'), { token })).status).toBe(400)
  })

  it('are refused to whoever may not', async () => {
    const others = await createSecret(ctx, await createActor(ctx, 'member', []))
    expect((await call(at('/keys'), { token: others, json: { origin: 'generated' } })).status).toBe(403)
    await ctx.db.aptRepository.update({
      where: { id: repositoryId },
      data: { teamId: (await createTeam(ctx)).id },
    })
    expect((await post('/keys', { origin: 'generated' })).status).toBe(403)
    expect((await post('/uploaders', { publicKey: 'x' })).status).toBe(403)
  })
})
