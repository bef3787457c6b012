import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createCleartextMessage, generateKey, type PrivateKey, reformatKey, revokeKey, sign } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { takeOffSignature, verifyClearsigned } from '@/server/apt/keys/verify-signature'
import { openGpg } from '@/test/support/gpg'
import { itWith } from '@/test/support/tools'

const now = new Date()
const past = new Date(now.getTime() - 10 * 86_400_000)
const TEXT = 'Format: 1.8\nSource: hello\nChanges:\n hello\n .\n - a dash\n'

async function newKey(
  options: { days?: number; date?: Date; encryptOnly?: boolean } = {},
): Promise<PrivateKey> {
  const { privateKey } = await generateKey({
    ...{ type: 'ecc', curve: 'ed25519Legacy', userIDs: { name: 'Uploader' }, subkeys: [], format: 'object' },
    date: options.date ?? past,
    ...(options.days !== undefined && { keyExpirationTime: options.days * 86_400 }),
  })
  return privateKey
}

const trusted = (key: PrivateKey) => ({
  fingerprint: key.getFingerprint().toUpperCase(),
  publicKey: key.toPublic().armor(),
})

async function clearsign(signingKeys: PrivateKey[], date = now) {
  const message = await createCleartextMessage({ text: TEXT.replace(/\n$/, '') })
  return (await sign({ message, signingKeys, date })).replaceAll('\r\n', '\n')
}

const one = await newKey()
const two = await newKey()
const gpg = await openGpg()

describe('verifyClearsigned', () => {
  it('knows who signed, and gives what was signed', async () => {
    const document = await clearsign([one])
    const verdict = await verifyClearsigned(document, [trusted(two), trusted(one)], now)
    expect(verdict).toEqual({ signed: true, text: TEXT, fingerprint: trusted(one).fingerprint })
    expect(takeOffSignature(document)).toBe(TEXT)
  })

  it('says that a document is not signed', async () => {
    expect(await verifyClearsigned(TEXT, [trusted(one)], now)).toEqual({ signed: false, text: TEXT })
  })

  it.each<[string, (document: string) => string]>([
    ['a letter', (document) => document.replace('hello', 'hullo')],
    ['a line more', (document) => document.replace(' hello\n', ' hello\n more\n')],
    ['a line less', (document) => document.replace('Source: hello\n', '')],
  ])('notices %s', async (_, change) => {
    const document = change(await clearsign([one]))
    const verdict = await verifyClearsigned(document, [trusted(one)], now)
    expect(verdict.fingerprint).toBeUndefined()
    expect(verdict.problem).toMatch(/changed after it was signed/)
  })

  it('throws for what stands outside', async () => {
    const document = await clearsign([one])
    await expect(verifyClearsigned(`Source: evil\n${document}`, [trusted(one)], now)).rejects.toThrow(
      /before/,
    )
    await expect(verifyClearsigned(`${document}Source: evil\n`, [trusted(one)], now)).rejects.toThrow(/after/)
  })

  it('names a stranger', async () => {
    const verdict = await verifyClearsigned(await clearsign([two]), [trusted(one)], now)
    expect(verdict.problem).toContain(trusted(two).fingerprint)
    expect(verdict.fingerprint).toBeUndefined()
  })

  it('needs one trusted key of several, none of which may be wrong', async () => {
    const both = await clearsign([one, two])
    const { fingerprint } = trusted(two)
    expect(await verifyClearsigned(both, [trusted(two)], now)).toMatchObject({ fingerprint })
    expect(await verifyClearsigned(both, [trusted(one), trusted(two)], now)).toMatchObject({
      fingerprint: trusted(one).fingerprint,
    })
    const revoked = await revokeKey({ key: one, format: 'object' })
    const verdict = await verifyClearsigned(both, [trusted(revoked.privateKey), trusted(two)], now)
    expect(verdict.problem).toMatch(/It is revoked/)
  })

  it('refuses more signatures than anybody needs', async () => {
    const document = await clearsign(Array.from({ length: 11 }, () => one))
    expect((await verifyClearsigned(document, [trusted(one)], now)).problem).toMatch(/more than 10/)
  })

  it('refuses a key that has expired since, and takes one that was renewed', async () => {
    const short = await newKey({ days: 11 })
    const document = await clearsign([short])
    expect(await verifyClearsigned(document, [trusted(short)], now)).toMatchObject({
      fingerprint: trusted(short).fingerprint,
    })
    const later = new Date(now.getTime() + 2 * 86_400_000)
    expect((await verifyClearsigned(document, [trusted(short)], later)).problem).toMatch(/It expired on/)
    const renewed = await reformatKey({
      ...{ privateKey: short, userIDs: { name: 'Uploader' }, keyExpirationTime: 400 * 86_400 },
      ...{ date: new Date(now.getTime() + 86_400_000), format: 'object' },
    })
    expect(await verifyClearsigned(document, [trusted(renewed.privateKey)], later)).toMatchObject({
      fingerprint: trusted(short).fingerprint,
    })
  })

  it('refuses a signature of the future', async () => {
    const document = await clearsign([one], new Date(now.getTime() + 3_600_000))
    expect((await verifyClearsigned(document, [trusted(one)], now)).problem).toMatch(/dated in the future/)
  })

  it('refuses a signature that is none', async () => {
    const document = (await clearsign([one])).replace(
      /\n\n(?=[A-Za-z0-9+/=]{20})[\s\S]*?\n-----END/,
      '\n\nAAAA\n-----END',
    )
    expect((await verifyClearsigned(document, [trusted(one)], now)).problem).toMatch(/cannot be read/)
  })

  itWith('gpg', 'reads what gpg --clearsign writes', async () => {
    const fingerprint = await gpg.generate('Builder <builder@example.org>')
    const path = join(gpg.home, 'hello.changes')
    await writeFile(path, `${TEXT}-----trap\n\n`)
    await gpg.gpg('--local-user', fingerprint, '--clearsign', path)
    const document = await readFile(`${path}.asc`, 'utf8')
    const keys = [{ fingerprint, publicKey: await gpg.publicKey(fingerprint) }]
    const later = new Date(Date.now() + 1000)
    expect(await verifyClearsigned(document, keys, later)).toEqual({
      ...{ signed: true, fingerprint },
      text: `${TEXT}-----trap\n\n`,
    })
  })

  itWith('gpg', 'refuses SHA-1', async () => {
    const fingerprint = await gpg.generate('Old <old@example.org>', 'rsa3072')
    const path = join(gpg.home, 'old.changes')
    await writeFile(path, TEXT)
    await gpg.gpg('--local-user', fingerprint, '--digest-algo', 'SHA1', '--clearsign', path)
    const document = await readFile(`${path}.asc`, 'utf8')
    expect(document).toContain('Hash: SHA1\n')
    const keys = [{ fingerprint, publicKey: await gpg.publicKey(fingerprint) }]
    const { problem } = await verifyClearsigned(document, keys, new Date(Date.now() + 1000))
    expect(problem).toMatch(/made with SHA-1/)
  })
})
