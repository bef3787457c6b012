/** What is told of a key before anybody trusts it: of all its parts that a signature needs. */
export interface KeyFacts {
  version: number
  /** The primary key, and the key that signs where that is another. */
  parts: readonly KeyPart[]
  /** Hash algorithms, lower-case, that keep every reader of today from believing the key's signatures of itself. */
  rejectedHashes: readonly string[]
  canSign: boolean
  isRevoked: boolean
  createdAt: Date
  /** The first moment at which it, or what signs, is no longer valid; null for never. */
  expiresAt: Date | null
}

export interface KeyPart {
  /** As OpenPGP calls it: `rsaEncryptSign`, `dsa`, `ecdsa`, `eddsaLegacy`, `ed25519`. */
  algorithm: string
  /** Of RSA and DSA. */
  bits?: number | undefined
  curve?: string | undefined
}

export interface Judgement {
  /** Why clients would refuse what it signs; empty for a key that may be used. */
  refusals: string[]
  /** What will be refused, or is refused by some. */
  warnings: string[]
}

const DAY_MS = 86_400_000
const SOON_DAYS = 30
/** Clocks differ. */
const SKEW_MS = 600_000

const RSA = new Set(['rsaEncryptSign', 'rsaSign'])
const ELLIPTIC = new Set(['ecdsa', 'eddsaLegacy', 'ed25519', 'ed448'])
const OLD_HASHES: Record<string, string> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  ripemd: 'RIPEMD-160',
  sha224: 'SHA-224',
}

/**
 * Judges a key by what apt's own policy for `sqv` takes today (`default-sequoia.config` of apt 3), and gpgv of older systems.
 * @param now the moment of the judgement.
 */
export function judgeKey(facts: KeyFacts, now: Date): Judgement {
  const refusals = new Set<string>()
  const warnings = new Set<string>()
  if (facts.version < 4) refusals.add(`It is of version ${facts.version}, which nothing reads any more.`)
  if (facts.version > 4) warnings.add(`It is of version ${facts.version}, which gpgv cannot read.`)
  if (facts.isRevoked) refusals.add('It is revoked.')
  for (const part of facts.parts) judgePart(part, refusals, warnings)
  for (const hash of facts.rejectedHashes) {
    refusals.add(
      `Its own signatures are made with ${OLD_HASHES[hash] ?? hash}, which apt rejects since 2026-02-01. Renew them, for instance with “gpg --cert-digest-algo SHA512 --quick-set-expire”.`,
    )
  }
  judgeTime(facts, now, refusals, warnings)
  if (!facts.canSign && refusals.size === 0)
    refusals.add('It cannot sign: nothing in it is marked for signing.')
  return { refusals: [...refusals], warnings: [...warnings] }
}

function judgePart(
  { algorithm, bits = 0, curve = '' }: KeyPart,
  refusals: Set<string>,
  warnings: Set<string>,
) {
  if (RSA.has(algorithm)) {
    if (bits < 2048) refusals.add(`RSA of ${bits} bits is too short: 3072 are needed.`)
    else if (bits < 3072) warnings.add(`RSA of ${bits} bits is rejected by apt from 2030-02-01.`)
  } else if (algorithm === 'dsa') refusals.add('DSA is rejected by apt since 2024-02-01.')
  else if (!ELLIPTIC.has(algorithm)) refusals.add(`The algorithm ${algorithm} makes no signatures.`)
  if (curve === 'secp256k1') refusals.add('The curve secp256k1 is rejected by apt.')
  if (curve.startsWith('brainpool')) {
    refusals.add('Brainpool curves are not supported: apt rejects them from 2028-02-01.')
  }
  if (algorithm === 'ed25519' || algorithm === 'ed448') {
    warnings.add('It has the form of RFC 9580, which gpgv cannot verify.')
  }
}

function judgeTime(
  { createdAt, expiresAt }: KeyFacts,
  now: Date,
  refusals: Set<string>,
  warnings: Set<string>,
): void {
  if (createdAt.getTime() > now.getTime() + SKEW_MS)
    refusals.add(`It is valid from ${dayOf(createdAt)} only.`)
  if (expiresAt === null) return
  if (expiresAt <= now) refusals.add(`It expired on ${dayOf(expiresAt)}.`)
  else if (expiresAt.getTime() - now.getTime() < SOON_DAYS * DAY_MS) {
    warnings.add(
      `It expires on ${dayOf(expiresAt)}. Add another in good time, so that clients have it before.`,
    )
  }
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}
