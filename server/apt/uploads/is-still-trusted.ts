import type { LockedBranches } from '@/server/apt/publish/change-branches'
import type { CheckedRepository, CheckedUpload } from '@/server/apt/uploads/check-upload'
import type { Tx } from '@/server/db'

interface Judged {
  repository: Pick<CheckedRepository, 'id' | 'signaturePolicy'>
  checked: Pick<CheckedUpload, 'signer'>
}

/**
 * Whether the signature of an upload was judged as it would be now: an upload may wait long for its branch, and who takes an
 * uploader's right away, or asks for signatures, must not find another upload of theirs afterwards. The uploader's row is held until
 * the transaction ends.
 */
export async function isStillTrusted(
  tx: Tx,
  locked: LockedBranches,
  { repository: { id, signaturePolicy }, checked: { signer } }: Judged,
): Promise<boolean> {
  if (locked.repository.signaturePolicy !== signaturePolicy) return false
  if (signer === null) return true
  const rows = await tx.$queryRaw<{ publicKey: string }[]>`
    SELECT public_key AS "publicKey" FROM apt_uploaders
    WHERE repository_id = ${id}::uuid AND fingerprint = ${signer.fingerprint} FOR SHARE`
  return rows[0]?.publicKey === signer.publicKey
}
