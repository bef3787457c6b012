import { type Key, readKeys } from 'openpgp'
import { lenient } from '@/server/apt/keys/openpgp-rules'
import { presentUploader } from '@/server/apt/keys/present-key'
import { readKeyFacts } from '@/server/apt/keys/read-key-facts'
import type { Uploader, UploaderInput } from '@/server/apt/keys/schema'
import { judgeKey } from '@/server/apt/keys/strength'
import { findRepositoryFor } from '@/server/apt/repositories/find-repository'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { AppError } from '@/server/errors'

/**
 * Lets a key sign uploads. One that is there already is replaced by what was given, so that a renewed or revoked key is known as such.
 * @throws AppError `not_found`, `forbidden`; `invalid` for what is no public key, or one whose signatures would count for nothing.
 */
export async function addUploader(
  ctx: Context,
  actor: Actor,
  { repo, name, publicKey }: UploaderInput & { repo: string },
  { dryRun }: { dryRun?: boolean } = {},
): Promise<Uploader> {
  const repository = await findRepositoryFor(ctx.db, actor, 'apt.manage', repo)
  const now = ctx.now()
  const key = await readOne(publicKey)
  const facts = await readKeyFacts(key, now)
  const { refusals } = judgeKey(facts, now)
  if (refusals.length > 0) throw refused(`Nothing that this key signs would count. ${refusals.join(' ')}`)
  const fingerprint = key.getFingerprint().toUpperCase()
  const kept = {
    name: name ?? key.getUserIDs()[0]?.slice(0, 200) ?? fingerprint,
    publicKey: key.armor().replaceAll('\r\n', '\n'),
    expiresAt: facts.expiresAt,
  }
  const repositoryId = repository.id
  return transact(ctx, { dryRun }, async (tx) => {
    const row = await tx.aptUploader.upsert({
      where: { repositoryId_fingerprint: { repositoryId, fingerprint } },
      create: { ...kept, repositoryId, fingerprint },
      update: kept,
    })
    await recordAudit(tx, ctx, actor, {
      action: 'apt.add-uploader',
      subject: { type: 'apt_uploader', id: row.id, name: `${repo}/${fingerprint}` },
      details: { name: row.name },
    })
    return presentUploader(row, now)
  })
}

async function readOne(armoredKeys: string): Promise<Key> {
  if (armoredKeys.includes('-----BEGIN PGP PRIVATE KEY BLOCK-----')) {
    throw refused(
      'This is a private key. Keep it, and give the public one: “gpg --armor --export” writes it.',
    )
  }
  const keys = await readKeys({ armoredKeys, config: lenient }).catch((cause: unknown) => {
    throw refused('This is no armored public key of version 4 or later, or it is damaged.', cause)
  })
  const [key] = keys
  if (key !== undefined && keys.length === 1) return key
  throw refused(`Give one public key; these are ${keys.length}.`)
}

function refused(message: string, cause?: unknown): AppError {
  return new AppError('invalid', message, { cause, fields: [{ path: 'publicKey', message }] })
}
