import { importJWK, type JWK } from 'jose'
import { AppError } from '@/server/errors'

/** The least size of an RSA modulus, in bits (NIST SP 800-131A). */
const RSA_BITS = 2048

/** Public members by type of key (RFC 7518 §6, RFC 8037 §2), and the algorithm of one that does not say. */
const kinds: Record<string, { members: readonly string[]; algorithm(key: JWK): string | undefined }> = {
  RSA: { members: ['n', 'e'], algorithm: () => 'RS256' },
  EC: {
    members: ['crv', 'x', 'y'],
    algorithm: ({ crv = '' }) => ({ 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' })[crv],
  },
  OKP: { members: ['crv', 'x'], algorithm: ({ crv }) => (crv === 'Ed25519' ? 'EdDSA' : undefined) },
}
const described = ['kty', 'kid', 'alg', 'use', 'key_ops']
const secret = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * The keys that are to be pinned: public ones for signatures, with nothing besides.
 * @param keys JWKs as somebody gave them.
 * @throws AppError `invalid` naming the key that cannot be used.
 */
export async function readPinnedKeys(keys: readonly Record<string, unknown>[]): Promise<{ keys: JWK[] }> {
  const pinned: JWK[] = []
  for (const [at, key] of keys.entries()) pinned.push(await readKey(key, at))
  const names = pinned.flatMap(({ kid }) => kid ?? [])
  if (new Set(names).size < names.length) throw faulty(0, 'Two keys have the same “kid”.')
  return { keys: pinned }
}

async function readKey(given: Record<string, unknown>, at: number): Promise<JWK> {
  const kind = kinds[String(given.kty)]
  if (kind === undefined) throw faulty(at, 'A key is of type RSA, EC or OKP; secrets are not taken.')
  if (secret.some((member) => given[member] !== undefined)) {
    throw faulty(at, 'This is a private key. Pin the public one, and replace this one: it has been shown.')
  }
  const kept = [...described, ...kind.members].filter((member) => given[member] !== undefined)
  const key = Object.fromEntries(kept.map((member) => [member, given[member]])) as JWK
  const algorithm = key.alg ?? kind.algorithm(key)
  if (key.use !== undefined && key.use !== 'sig') throw faulty(at, 'This key is not for signatures.')
  if (key.kty === 'RSA' && bitsOf(key) < RSA_BITS)
    throw faulty(at, `An RSA key has at least ${RSA_BITS} bits.`)
  try {
    if (algorithm === undefined) throw new Error('no algorithm')
    await importJWK(key, algorithm)
  } catch (error) {
    throw faulty(at, 'This key cannot be read.', error)
  }
  return key
}

function bitsOf({ n }: JWK): number {
  return Buffer.from(String(n), 'base64url').length * 8
}

function faulty(at: number, message: string, cause?: unknown): AppError {
  return new AppError('invalid', message, { cause, fields: [{ path: `keys.keys.${at}`, message }] })
}
