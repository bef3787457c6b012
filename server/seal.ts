import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const VERSION = 'v1'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** What a sealed text is for: it opens for nothing else. */
export interface SealedFor {
  /** Shared by all instances. */
  secret: string
  /** The kind of text, such as `upstream registry password`: each has a key of its own. */
  purpose: string
  /** The one row that the text belongs to; in another it does not open. Nothing where there is no such row. */
  owner?: string
}

/** Encrypts a text for storage: AES-256-GCM under a key that is derived from the installation's secret (HKDF-SHA-256, RFC 5869). */
export function seal(text: string, { secret, purpose, owner = '' }: SealedFor): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, purpose), nonce).setAAD(Buffer.from(owner))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return [VERSION, ...[nonce, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join(
    '.',
  )
}

/** The text inside. @throws Error when it was sealed under another secret or for something else, or was altered. */
export function unseal(text: string, { secret, purpose, owner = '' }: SealedFor): string {
  const [version, ...parts] = text.split('.')
  const [nonce, sealed, tag] = parts.map((part) => Buffer.from(part, 'base64url'))
  if (version !== VERSION || !nonce || !sealed || tag?.length !== TAG_BYTES) {
    throw new Error('This is not a sealed text.')
  }
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, purpose), nonce)
  decipher.setAAD(Buffer.from(owner)).setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
}

function keyOf(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `entrepot ${purpose}`, 32))
}
