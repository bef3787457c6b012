import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import {
  createMessage,
  type Key,
  PacketList,
  readKey,
  readSignature,
  Signature,
  SignaturePacket,
  verify,
} from 'openpgp'
import { parseClearsigned } from '@/server/apt/keys/clearsign'
import { oldHashes, strict } from '@/server/apt/keys/openpgp-rules'
import { readKeyFacts } from '@/server/apt/keys/read-key-facts'
import { judgeKey } from '@/server/apt/keys/strength'

/** A key whose signatures count. */
export interface TrustedKey {
  /** Of the primary key, upper-case hex. */
  fingerprint: string
  /** Armored. */
  publicKey: string
}

export interface Verdict {
  /** Whether the document has a signature, right or wrong. */
  signed: boolean
  /** What was signed and nothing else; of a document without a signature, all of it. */
  text: string
  /** Of the trusted key that signed; absent unless everything about the signature is right. */
  fingerprint?: string
  /** Why a signature does not count, as a sentence. */
  problem?: string
}

const MAX_SIGNATURES = 10
/** Clocks differ. */
const SKEW_MS = 600_000

/**
 * The text of a document, signed or not, by which nothing is said about who signed it.
 * @throws FormatError when something stands outside what was signed.
 */
export function takeOffSignature(document: string): string {
  return parseClearsigned(document)?.text ?? document
}

/**
 * Checks a clearsigned document (RFC 9580 §7) against keys. Of several signatures one by a trusted key is enough, and none by a
 * trusted key may be wrong; those of strangers say nothing.
 * @param now the moment at which the keys must be valid.
 * @throws FormatError when something stands outside what was signed, or the frame is broken.
 */
export async function verifyClearsigned(
  document: string,
  keys: readonly TrustedKey[],
  now: Date,
): Promise<Verdict> {
  const parsed = parseClearsigned(document)
  if (parsed === undefined) return { signed: false, text: document }
  const { text, signature: armoredSignature } = parsed
  const refused = (problem: string): Verdict => ({ signed: true, text, problem })
  const signature = await readSignature({ armoredSignature }).catch(() => undefined)
  const packets = signature?.packets.filter((packet) => packet instanceof SignaturePacket) ?? []
  if (packets.length === 0) return refused('The signature cannot be read.')
  if (packets.length > MAX_SIGNATURES) return refused(`It has more than ${MAX_SIGNATURES} signatures.`)
  let fingerprint: string | undefined
  for (const packet of packets) {
    const trusted = await findKey(packet, keys)
    if (trusted === undefined) continue
    const problem =
      describePacket(packet, now) ??
      describeKey(judgeKey(await readKeyFacts(trusted.key, now), now).refusals) ??
      (await checkBytes(text, packet, trusted.key, now))
    if (problem !== undefined) return refused(problem)
    fingerprint ??= trusted.fingerprint
  }
  if (fingerprint !== undefined) return { signed: true, text, fingerprint }
  const signers = packets.map(issuerOf).join(' and ')
  return refused(`It is signed by the key ${signers}, which is not one of those that may sign here.`)
}

async function findKey(packet: SignaturePacket, keys: readonly TrustedKey[]) {
  const issuer = packet.issuerKeyID.toHex()
  for (const { fingerprint, publicKey } of keys) {
    const ids = await keyIdsOf(publicKey)
    if (ids.includes(issuer)) return { fingerprint, key: await readKey({ armoredKey: publicKey }) }
  }
  return undefined
}

/** Of key and subkeys, by the SHA-256 of the armored key. What else is in a key is read anew for each signature, and judged by its date. */
const keyIds = new LRUCache<string, readonly string[]>({ max: 20_000 })

async function keyIdsOf(armoredKey: string): Promise<readonly string[]> {
  const digest = createHash('sha256').update(armoredKey).digest('base64')
  const known = keyIds.get(digest)
  if (known !== undefined) return known
  const key = await readKey({ armoredKey })
  const ids = key.getKeyIDs().map((id) => id.toHex())
  keyIds.set(digest, ids)
  return ids
}

function describePacket(packet: SignaturePacket, now: Date): string | undefined {
  if (packet.hashAlgorithm === null || oldHashes.has(packet.hashAlgorithm)) {
    return 'The signature is made with SHA-1 or something as old, which is refused. Sign with SHA-256 or better.'
  }
  if (packet.created !== null && packet.created.getTime() > now.getTime() + SKEW_MS) {
    return 'The signature is dated in the future. Set the clock of the machine that signs.'
  }
  return packet.isExpired(now) ? 'The signature has expired.' : undefined
}

function describeKey(refusals: readonly string[]): string | undefined {
  return refusals.length === 0 ? undefined : `The key that signed it is not accepted. ${refusals.join(' ')}`
}

async function checkBytes(
  text: string,
  packet: SignaturePacket,
  verificationKeys: Key,
  now: Date,
): Promise<string | undefined> {
  // The line end before the signature belongs to the frame (RFC 9580 §7.1).
  const message = await createMessage({ text: text.replace(/\n$/, '') })
  const alone = new PacketList<SignaturePacket>()
  alone.push(packet)
  const date = new Date(now.getTime() + SKEW_MS)
  const signature = new Signature(alone)
  const { signatures } = await verify({ message, signature, verificationKeys, date, config: strict })
  const [outcome] = signatures
  if (outcome === undefined) return 'The signature is not one of a text.'
  try {
    await outcome.verified
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    return /digest did not match|verification failed/i.test(reason)
      ? 'The signature does not fit the text: it was changed after it was signed.'
      : 'The signature was made with a key that was not valid at that time.'
  }
}

function issuerOf({ issuerFingerprint, issuerKeyID }: SignaturePacket): string {
  const hex =
    issuerFingerprint === null ? issuerKeyID.toHex() : Buffer.from(issuerFingerprint).toString('hex')
  return hex.toUpperCase()
}
