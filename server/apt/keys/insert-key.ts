import type { AptKey } from '@/prisma/client/client'
import type { NewKey } from '@/server/apt/keys/generate-key'
import { sealKey } from '@/server/apt/keys/seal-key'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

/** Stores a key, its private part sealed. One that was there is replaced by itself: renewed, or back from retirement. */
export async function insertKey(
  ctx: Context,
  tx: Tx,
  repositoryId: string,
  { privateKey, ...facts }: NewKey,
): Promise<AptKey> {
  const { fingerprint } = facts
  const kept = { ...facts, sealedKey: sealKey(ctx.secret, { repositoryId, fingerprint }, privateKey) }
  return tx.aptKey.upsert({
    where: { repositoryId_fingerprint: { repositoryId, fingerprint } },
    create: { ...kept, repositoryId },
    update: { ...kept, retiredAt: null },
  })
}
