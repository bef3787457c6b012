import { AppError } from '@/server/errors'
import { seal, unseal } from '@/server/seal'

const purpose = 'upstream registry password'

/** Encrypts a registry's password. It is bound to the registry: in another registry's row it does not open. */
export function sealPassword(secret: string, registry: string, password: string): string {
  return seal(password, { secret, purpose, owner: registry })
}

/** @throws AppError `unavailable` when it was sealed with another secret, or for another registry. */
export function openPassword(secret: string, registry: string, text: string): string {
  try {
    return unseal(text, { secret, purpose, owner: registry })
  } catch (cause) {
    const message = `The stored password for ${registry} cannot be read, because the installation’s secret is another one. Store it again.`
    throw new AppError('unavailable', message, { cause })
  }
}
