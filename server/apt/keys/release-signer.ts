import { LRUCache } from 'lru-cache'
import { createCleartextMessage, createMessage, type PrivateKey, readPrivateKey, sign } from 'openpgp'
import { strict } from '@/server/apt/keys/openpgp-rules'
import { openKey } from '@/server/apt/keys/seal-key'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

export interface ReleaseSigner {
  /**
   * Signs the text of a Release with every key (RFC 9580 §7 and §5.2).
   * @returns what InRelease has, and what Release.gpg has.
   */
  sign(release: string): Promise<{ inRelease: string; detached: string }>
}

/** Keys that this process has opened, by what is stored of them: another secret or another row has another text. */
const opened = new LRUCache<string, PrivateKey>({ max: 200 })

const config = { ...strict, showVersion: false, showComment: false }

/**
 * What signs a repository's Releases now: all its keys that are neither retired nor expired, so that clients who trust any one
 * of them go on during a rotation.
 * @throws AppError `conflict` when there is none, `unavailable` when one cannot be read.
 */
export async function openReleaseSigner(ctx: Context, tx: Tx, repositoryId: string): Promise<ReleaseSigner> {
  const now = ctx.now()
  const rows = await tx.aptKey.findMany({
    where: { repositoryId, retiredAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    orderBy: { id: 'asc' },
    select: { repositoryId: true, fingerprint: true, sealedKey: true },
  })
  if (rows.length === 0) {
    throw new AppError('conflict', 'No key of this repository signs any more. Add one, then publish again.')
  }
  const signingKeys = await Promise.all(rows.map((row) => open(ctx.secret, row)))
  return {
    async sign(release) {
      const [inRelease, detached] = await Promise.all([
        // The line end before the signature belongs to the frame (RFC 9580 §7.1).
        createCleartextMessage({ text: release.replace(/\n$/, '') }).then((message) =>
          sign({ message, signingKeys, config }),
        ),
        createMessage({ binary: Buffer.from(release) }).then((message) =>
          sign({ message, signingKeys, detached: true, config }),
        ),
      ])
      return { inRelease: withNewlines(inRelease), detached: withNewlines(detached as string) }
    },
  }
}

async function open(
  secret: string,
  row: { repositoryId: string; fingerprint: string; sealedKey: string },
): Promise<PrivateKey> {
  const known = opened.get(row.sealedKey)
  if (known !== undefined) return known
  const key = await readPrivateKey({ armoredKey: openKey(secret, row, row.sealedKey) })
  opened.set(row.sealedKey, key)
  return key
}

/** Armor as every other file of the repository ends its lines. */
function withNewlines(text: string): string {
  return text.replaceAll('\r\n', '\n')
}
