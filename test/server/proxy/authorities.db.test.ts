import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { authorityKeyPath } from '@/server/proxy/authority-keys'
import { ensureAuthority, offeredCertificates, signingAuthority } from '@/server/proxy/authority-store'
import { importAuthority } from '@/server/proxy/import-authority'
import { listAuthorities } from '@/server/proxy/list-authorities'
import { retireAuthority } from '@/server/proxy/retire-authority'
import { rotateAuthority } from '@/server/proxy/rotate-authority'
import { openTestContext } from '@/test/support/context'
import { authorityExtensions, makeAuthority, openssl, withFiles } from '@/test/support/openssl'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const administrator = await createActor(ctx, 'administrator')
const maintainer = await createActor(ctx, 'maintainer')
const hours = (count: number) => ({ ...ctx, now: () => new Date(Date.now() + count * 3_600_000) })

beforeEach(async () => {
  await ctx.db.authority.deleteMany()
})

describe('the first start', () => {
  it('makes one root, however many processes start', async () => {
    await Promise.all(Array.from({ length: 8 }, () => ensureAuthority(ctx)))
    await ensureAuthority(ctx)
    const [authority, ...others] = await listAuthorities(ctx, administrator)
    expect(others).toEqual([])
    expect(authority).toMatchObject({ origin: 'generated', standing: 'signing' })
  })

  it('keeps the key in a file that only the owner can read, and nowhere else', async () => {
    await ensureAuthority(ctx)
    const row = await ctx.db.authority.findFirstOrThrow()
    const path = authorityKeyPath(ctx, row.id)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).toContain('PRIVATE KEY')
    expect(JSON.stringify(row)).not.toContain('PRIVATE KEY')
    expect(await ctx.db.auditEntry.count({ where: { action: 'authority.create', subjectId: row.id } })).toBe(
      1,
    )
  })

  it('makes a root that openssl finds strictly right', async () => {
    await ensureAuthority(ctx)
    const [pem = ''] = await offeredCertificates(ctx)
    withFiles([pem], (file = '') => openssl(['verify', '-x509_strict', '-CAfile', file, file]))
  })

  it('says so when the key is on another machine', async () => {
    await ensureAuthority(ctx)
    const elsewhere = { ...ctx, env: { ...ctx.env, ENTREPOT_DATA: '/nonexistent' } }
    await expect(signingAuthority(elsewhere)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('rotation', () => {
  it('offers the next root at once, and signs with it from its time on', async () => {
    await ensureAuthority(ctx)
    const before = await signingAuthority(ctx)
    const next = await rotateAuthority(ctx, administrator, { overlapHours: 48 })
    expect(next.standing).toBe('next')
    expect((await signingAuthority(ctx)).fingerprint).toBe(before.fingerprint)
    const offered = await offeredCertificates(ctx)
    expect(offered).toHaveLength(2)
    expect(offered[0]).toBe(before.anchorPem)
    const later = hours(49)
    expect((await signingAuthority(later)).fingerprint.replaceAll(':', '').toLowerCase()).toBe(
      next.fingerprint,
    )
    expect((await listAuthorities(later, administrator)).map(({ standing }) => standing)).toEqual([
      'signing',
      'previous',
    ])
    expect(await offeredCertificates(later)).toEqual(offered.toReversed())
  })

  it('is refused while one waits for its turn', async () => {
    await ensureAuthority(ctx)
    await rotateAuthority(ctx, administrator, { overlapHours: 48 })
    await expect(rotateAuthority(ctx, administrator, { overlapHours: 0 })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('can be rehearsed: nothing is left, no key either', async () => {
    await ensureAuthority(ctx)
    const { id, standing } = await rotateAuthority(ctx, administrator, { overlapHours: 0, dryRun: true })
    expect(standing).toBe('signing')
    expect(await ctx.db.authority.count()).toBe(1)
    await expect(stat(authorityKeyPath(ctx, id))).rejects.toThrow('ENOENT')
  })

  it('is for administrators', async () => {
    await expect(rotateAuthority(ctx, maintainer, { overlapHours: 0 })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('import', () => {
  const root = makeAuthority({ key: 'rsa:2048', name: 'Corporate root' })
  const issuing = makeAuthority({
    ...{ key: 'P-384', name: 'Corporate TLS CA', parent: root },
    extensions: [...authorityExtensions, 'authorityKeyIdentifier=keyid'],
  })

  it('takes over an authority with its chain, and offers the top of it', async () => {
    await ensureAuthority(ctx)
    const imported = await importAuthority(ctx, administrator, {
      certificatePem: root.certificate + issuing.certificate,
      privateKeyPem: issuing.key,
      overlapHours: 0,
    })
    expect(imported).toMatchObject({ origin: 'imported', standing: 'signing' })
    const signing = await signingAuthority(ctx)
    expect(new X509Certificate(signing.certificatePem).subject).toContain('Corporate TLS CA')
    expect(signing.chainPem.match(/BEGIN/g)).toHaveLength(1)
    const [offered = ''] = await offeredCertificates(ctx)
    expect(new X509Certificate(offered).subject).toContain('Corporate root')
  })

  it('refuses the same one twice, and leaves its key alone', async () => {
    const input = { certificatePem: root.certificate, privateKeyPem: root.key, overlapHours: 0 }
    const { id } = await importAuthority(ctx, administrator, input)
    await expect(importAuthority(ctx, administrator, input)).rejects.toMatchObject({ code: 'conflict' })
    expect(await readFile(authorityKeyPath(ctx, id), 'utf8')).toBe(root.key)
  })

  it('names the field that is wrong', async () => {
    const wrong = { certificatePem: root.certificate, privateKeyPem: issuing.key, overlapHours: 0 }
    await expect(importAuthority(ctx, administrator, wrong)).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'privateKeyPem' }],
    })
    const empty = { certificatePem: 'nothing', privateKeyPem: root.key, overlapHours: 0 }
    await expect(importAuthority(ctx, administrator, empty)).rejects.toMatchObject({
      fields: [{ path: 'certificatePem' }],
    })
    expect(await ctx.db.authority.count()).toBe(0)
  })
})

describe('retiring', () => {
  it('is refused for the last that can sign, also when another waits', async () => {
    await ensureAuthority(ctx)
    const [{ id } = { id: '' }] = await listAuthorities(ctx, administrator)
    await expect(retireAuthority(ctx, administrator, { id })).rejects.toMatchObject({ code: 'conflict' })
    await rotateAuthority(ctx, administrator, { overlapHours: 48 })
    await expect(retireAuthority(ctx, administrator, { id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('ends the offer; the key stays', async () => {
    await ensureAuthority(ctx)
    const [{ id } = { id: '' }] = await listAuthorities(ctx, administrator)
    await rotateAuthority(ctx, administrator, { overlapHours: 0 })
    expect(await retireAuthority(ctx, administrator, { id, dryRun: true })).toMatchObject({
      standing: 'retired',
    })
    expect(await offeredCertificates(ctx)).toHaveLength(2)
    expect(await retireAuthority(ctx, administrator, { id })).toMatchObject({ standing: 'retired' })
    expect(await offeredCertificates(ctx)).toHaveLength(1)
    await expect(stat(authorityKeyPath(ctx, id))).resolves.toBeDefined()
    await expect(retireAuthority(ctx, administrator, { id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('of two at the same time leaves one', async () => {
    await ensureAuthority(ctx)
    await rotateAuthority(ctx, administrator, { overlapHours: 0 })
    const ids = (await listAuthorities(ctx, administrator)).map(({ id }) => id)
    const ends = await Promise.allSettled(ids.map((id) => retireAuthority(ctx, administrator, { id })))
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(signingAuthority(ctx)).resolves.toBeDefined()
  })

  it('needs one that exists', async () => {
    const id = '00000000-0000-7000-8000-000000000000'
    await expect(retireAuthority(ctx, administrator, { id })).rejects.toMatchObject({ code: 'not_found' })
  })
})
