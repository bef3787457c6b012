import { blobKey } from '@/server/blobs/keys'
import type { Context } from '@/server/context'
import { Prisma, type Tx } from '@/server/db'

/** How long whoever came upon a content has time to write what refers to it. */
const QUIET_DAYS = 7

/**
 * Removes a content that nothing refers to any more: its row, and its bytes before the transaction ends, so that whoever stores the
 * same bytes meanwhile (`holdBlobs`) waits and then finds them gone. What any table refers to stays.
 * @returns `young` when somebody came upon it lately and may yet refer to it: then nothing of it may be given up.
 */
export async function forgetBlob(ctx: Context, tx: Tx, sha256: string): Promise<'gone' | 'held' | 'young'> {
  // Nobody can begin to refer to a row that is held so; who has begun is waited for.
  const [row] = await tx.$queryRaw<{ isYoung: boolean }[]>`
    SELECT created_at > now() - make_interval(days => ${QUIET_DAYS}::int) AS "isYoung"
    FROM blobs WHERE sha256 = ${sha256} FOR UPDATE`
  if (row === undefined) return 'gone'
  if (await isReferredTo(tx, sha256)) return 'held'
  if (row.isYoung) return 'young'
  await tx.$executeRaw`DELETE FROM blobs WHERE sha256 = ${sha256}`
  await ctx.storage.remove(blobKey(sha256))
  return 'gone'
}

/** By every foreign key that there is: some of them would let a row go that is referred to. */
async function isReferredTo(tx: Tx, sha256: string): Promise<boolean> {
  const keys = await tx.$queryRaw<{ place: string; name: string }[]>`
    SELECT k.conrelid::regclass::text AS place, quote_ident(a.attname) AS name
    FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.confrelid = 'blobs'::regclass`
  for (const { place, name } of keys) {
    const found = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM ${Prisma.raw(place)} WHERE ${Prisma.raw(name)} = ${sha256} LIMIT 1`
    if (found.length > 0) return true
  }
  return false
}
