import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { AppError } from '@/server/errors'

const VERSION = 'v1'
const IV_BYTES = 12

/**
 * Encrypts a registry's password with a key that is derived from the installation's secret (HKDF-SHA-256, RFC 5869;
 * AES-256-GCM). It is bound to the registry: in another registry's row it does not open.
 */
export function sealPassword(secret: string, registry: string, password: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), iv).setAAD(Buffer.from(registry))
  const sealed = Buffer.concat([cipher.update(password, 'utf8'), cipher.final()])
  return [VERSION, ...[iv, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.')
}

/** @throws AppError `unavailable` when it was sealed with another secret, or for another registry. */
export function openPassword(secret: string, registry: string, text: string): string {
  try {
    const [version, ...parts] = text.split('.')
    const [iv, sealed, tag] = parts.map((part) => Buffer.from(part, 'base64url'))
    if (version !== VERSION || !iv || !sealed || tag?.length !== 16) throw new Error('not one of ours')
    const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), iv)
    decipher.setAAD(Buffer.from(registry)).setAuthTag(tag)
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
  } catch (cause) {
    const message = `The stored password for ${registry} cannot be read, because the installation’s secret is another one. Store it again.`
    throw new AppError('unavailable', message, { cause })
  }
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'entrepot upstream registry password', 32))
}
