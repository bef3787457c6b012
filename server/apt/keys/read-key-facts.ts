import { type Config, config, enums, type Key, type PartialConfig, type Subkey } from 'openpgp'
import { lenient, oldHashes, strict } from '@/server/apt/keys/openpgp-rules'
import type { KeyFacts, KeyPart } from '@/server/apt/keys/strength'

const full = (rules: PartialConfig): Config => ({ ...config, ...rules })
const CURVES: Record<string, string> = { nistP256: 'P-256', nistP384: 'P-384', nistP521: 'P-521' }

/** What has to be known of a key before it is trusted, whatever is wrong with it. */
export async function readKeyFacts(key: Key, now: Date): Promise<KeyFacts> {
  const signing = await signingPart(key, lenient)
  const parts = signing === undefined || signing === key ? [key] : [key, signing]
  const isAccepted = (await signingPart(key, strict)) !== undefined
  return {
    version: key.keyPacket.version,
    parts: parts.map(describePart),
    rejectedHashes: isAccepted ? [] : await ownHashes(key, signing, now),
    canSign: signing !== undefined,
    isRevoked: await key.isRevoked(undefined, undefined, now, full(lenient)),
    createdAt: key.getCreationTime(),
    expiresAt: await firstExpiry(key, signing, now),
  }
}

/** The algorithm of what signs, as people read it: `Ed25519`, `RSA-4096`. */
export function algorithmName({ parts }: KeyFacts): string {
  const { algorithm, bits, curve = '' } = parts.at(-1) as KeyPart
  if (algorithm.startsWith('rsa')) return `RSA-${bits}`
  if (algorithm.startsWith('ed')) return algorithm === 'ed448' ? 'Ed448' : 'Ed25519'
  return algorithm === 'ecdsa' ? `ECDSA ${CURVES[curve] ?? curve}` : algorithm.toUpperCase()
}

/** The key or subkey that signs by these rules, whether it has expired or not; undefined where there is none. */
async function signingPart(key: Key, rules: PartialConfig): Promise<Key | Subkey | undefined> {
  return key.getSigningKey(undefined, null, undefined, full(rules)).catch(() => undefined)
}

function describePart(part: Key | Subkey): KeyPart {
  return part.getAlgorithmInfo()
}

/** Of the newest signatures by which the key says what is its own: those that are made with an old algorithm. */
async function ownHashes(key: Key, signing: Key | Subkey | undefined, now: Date): Promise<string[]> {
  const primary = await key.getPrimaryUser(now, undefined, full(lenient)).catch(() => undefined)
  const bindings = signing !== undefined && 'bindingSignatures' in signing ? signing.bindingSignatures : []
  const [binding] = bindings.toSorted((a, b) => Number(b.created) - Number(a.created))
  const signatures = [primary?.selfCertification, binding, binding?.embeddedSignature]
  const hashes = signatures.flatMap((one) => one?.hashAlgorithm ?? []).filter((hash) => oldHashes.has(hash))
  return [...new Set(hashes)].map((hash) => enums.read(enums.hash, hash))
}

async function firstExpiry(key: Key, signing: Key | Subkey | undefined, now: Date): Promise<Date | null> {
  const ends = [await key.getExpirationTime(undefined, full(lenient))]
  if (signing !== undefined && 'bindingSignatures' in signing) {
    ends.push(await signing.getExpirationTime(now, full(lenient)))
  }
  const moments = ends.flatMap((end) => (end instanceof Date ? end.getTime() : []))
  return moments.length === 0 ? null : new Date(Math.min(...moments))
}
