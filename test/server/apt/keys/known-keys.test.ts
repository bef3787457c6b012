import { createCleartextMessage, generateKey, type PrivateKey, readKey, reformatKey, sign } from 'openpgp'
import { expect, it, vi } from 'vitest'
import { verifyClearsigned } from '@/server/apt/keys/verify-signature'

vi.mock('openpgp', async (original) => {
  const real = await original<typeof import('openpgp')>()
  return { ...real, readKey: vi.fn(real.readKey) }
})

const DAY_MS = 86_400_000
const now = new Date()
const past = new Date(now.getTime() - 10 * DAY_MS)

async function newKey(days = 0): Promise<PrivateKey> {
  const options = { type: 'ecc', curve: 'ed25519Legacy', userIDs: { name: 'Uploader' }, date: past } as const
  return (await generateKey({ ...options, keyExpirationTime: days * 86_400, format: 'object' })).privateKey
}

const trusted = (key: PrivateKey) => ({
  fingerprint: key.getFingerprint().toUpperCase(),
  publicKey: key.toPublic().armor(),
})

async function clearsign(signingKeys: PrivateKey) {
  const message = await createCleartextMessage({ text: 'Format: 1.8' })
  return (await sign({ message, signingKeys, date: now })).replaceAll('\r\n', '\n')
}

it('of many keys only the one that signed is read for another signature, and judged as it is then', async () => {
  const others = await Promise.all(Array.from({ length: 20 }, () => newKey()))
  const short = await newKey(11)
  const keys = [...others, short].map(trusted)
  const document = await clearsign(short)
  const { fingerprint } = trusted(short)
  expect(await verifyClearsigned(document, keys, now)).toMatchObject({ fingerprint })
  vi.mocked(readKey).mockClear()
  expect(await verifyClearsigned(document, keys, now)).toMatchObject({ fingerprint })
  expect(vi.mocked(readKey).mock.calls.length).toBe(1)

  const later = new Date(now.getTime() + 2 * DAY_MS)
  expect((await verifyClearsigned(document, keys, later)).problem).toMatch(/It expired on/)
  const renewed = await reformatKey({
    ...{ privateKey: short, userIDs: { name: 'Uploader' }, keyExpirationTime: 400 * 86_400 },
    ...{ date: new Date(now.getTime() + DAY_MS), format: 'object' },
  })
  const again = [...others, renewed.privateKey].map(trusted)
  expect(await verifyClearsigned(document, again, later)).toMatchObject({ fingerprint })
  expect((await verifyClearsigned(document, others.map(trusted), now)).problem).toMatch(/not one of those/)
})
