import { armor, enums, readKey } from 'openpgp'
import type { Tx } from '@/server/db'

export interface PublishedKeys {
  /** One armored block with all keys, as `Signed-By: …/key.asc` takes it. */
  armored: string
  /** The same as packets. */
  binary: Buffer
  /** When the set last changed. */
  changedAt: Date
}

/** The public keys of a repository that are not retired: what its clients are to trust. */
export async function readPublishedKeys(db: Tx, repositoryId: string): Promise<PublishedKeys> {
  const rows = await db.aptKey.findMany({
    where: { repositoryId },
    orderBy: { id: 'asc' },
    select: { publicKey: true, retiredAt: true, createdAt: true },
  })
  const active = rows.filter(({ retiredAt }) => retiredAt === null)
  const keys = await Promise.all(active.map(({ publicKey }) => readKey({ armoredKey: publicKey })))
  const binary = Buffer.concat(keys.map((key) => key.write()))
  const moments = rows.flatMap(({ createdAt, retiredAt }) => [createdAt, ...(retiredAt ? [retiredAt] : [])])
  return {
    armored: armor(enums.armor.publicKey, binary).replaceAll('\r\n', '\n'),
    binary,
    changedAt: new Date(Math.max(0, ...moments.map((moment) => moment.getTime()))),
  }
}
