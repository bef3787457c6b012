import { readKey } from 'openpgp'
import type { AptUploader, AptKey as KeyRow } from '@/prisma/client/client'
import { lenient } from '@/server/apt/keys/openpgp-rules'
import { readKeyFacts } from '@/server/apt/keys/read-key-facts'
import type { AptKey, Uploader } from '@/server/apt/keys/schema'
import { judgeKey } from '@/server/apt/keys/strength'

/** A key as people see it: never its private part. */
export async function presentKey(row: KeyRow, now: Date): Promise<AptKey> {
  const { id, origin, fingerprint, algorithm, userId, publicKey } = row
  return {
    ...{ id, origin, fingerprint, algorithm, userId, publicKey },
    expiresAt: row.expiresAt?.toISOString() ?? null,
    retiredAt: row.retiredAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    warnings: row.retiredAt === null ? await warningsOf(publicKey, now) : [],
  }
}

/** A key whose uploads a repository takes. */
export async function presentUploader(row: AptUploader, now: Date): Promise<Uploader> {
  const { id, name, fingerprint, publicKey } = row
  return {
    ...{ id, name, fingerprint, publicKey },
    expiresAt: row.expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    warnings: await warningsOf(publicKey, now),
  }
}

async function warningsOf(armoredKey: string, now: Date): Promise<string[]> {
  const key = await readKey({ armoredKey, config: lenient })
  const { refusals, warnings } = judgeKey(await readKeyFacts(key, now), now)
  return [...refusals, ...warnings]
}
