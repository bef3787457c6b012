import { enums, generateKey } from 'openpgp'

/** A key of a repository, before it has a row. */
export interface NewKey {
  origin: 'generated' | 'imported'
  /** Of the primary key, upper-case hex. */
  fingerprint: string
  /** As people read it: `Ed25519`, `RSA-4096`. */
  algorithm: string
  userId: string
  /** Armored. */
  publicKey: string
  /** Armored, without a passphrase. */
  privateKey: string
  expiresAt: Date | null
}

interface Wanted {
  algorithm: 'ed25519' | 'rsa4096'
  /** Of the repository that it is to sign. */
  repository: string
  /** Days until it expires; null for never. */
  validDays: number | null
}

const DAY_SECONDS = 86_400

const KINDS = {
  // Version 4 and the EdDSA of GnuPG: what RFC 9580 calls legacy is what every gpgv in use can verify.
  ed25519: { name: 'Ed25519', options: { type: 'ecc', curve: 'ed25519Legacy' } },
  rsa4096: { name: 'RSA-4096', options: { type: 'rsa', rsaBits: 4096 } },
} as const

/** Makes a key that signs and does nothing else: one primary key, version 4, whose own signatures are made with SHA-512. */
export async function generateSigningKey({ algorithm, repository, validDays }: Wanted): Promise<NewKey> {
  const { name, options } = KINDS[algorithm]
  const userId = `Debian repository ${repository}`
  const { privateKey } = await generateKey({
    ...options,
    userIDs: { name: userId },
    subkeys: [],
    format: 'object',
    ...(validDays !== null && { keyExpirationTime: validDays * DAY_SECONDS }),
    config: { preferredHashAlgorithm: enums.hash.sha512 },
  })
  const expiresAt = await privateKey.getExpirationTime()
  return {
    origin: 'generated',
    fingerprint: privateKey.getFingerprint().toUpperCase(),
    algorithm: name,
    userId,
    publicKey: privateKey.toPublic().armor().replaceAll('\r\n', '\n'),
    privateKey: privateKey.armor(),
    expiresAt: expiresAt instanceof Date ? expiresAt : null,
  }
}
