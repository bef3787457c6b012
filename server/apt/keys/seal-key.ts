import { AppError } from '@/server/errors'
import { type SealedFor, seal, unseal } from '@/server/seal'

/** Where a private key is kept: its repository and its fingerprint, to which it is bound. */
interface Kept {
  repositoryId: string
  fingerprint: string
}

/** Encrypts an armored private key for its row. */
export function sealKey(secret: string, kept: Kept, armored: string): string {
  return seal(armored, sealedFor(secret, kept))
}

/** The armored private key of a row. @throws AppError `unavailable` when it was sealed with another secret. */
export function openKey(secret: string, kept: Kept, sealed: string): string {
  try {
    return unseal(sealed, sealedFor(secret, kept))
  } catch (cause) {
    const message = `The signing key ${kept.fingerprint} cannot be read, because the installation’s secret is another one. Import it again, or restore ENTREPOT_SECRET.`
    throw new AppError('unavailable', message, { cause })
  }
}

function sealedFor(secret: string, { repositoryId, fingerprint }: Kept): SealedFor {
  return { secret, purpose: 'apt signing key', owner: `${repositoryId}/${fingerprint}` }
}
