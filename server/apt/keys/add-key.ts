import { generateSigningKey } from '@/server/apt/keys/generate-key'
import { insertKey } from '@/server/apt/keys/insert-key'
import { presentKey } from '@/server/apt/keys/present-key'
import { readSigningKey } from '@/server/apt/keys/read-private-key'
import type { AptKey, AptKeyInput } from '@/server/apt/keys/schema'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { findRepositoryFor } from '@/server/apt/repositories/find-repository'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/** Keys that sign every Release at one time; each adds to it. */
const MAX_KEYS = 10

/**
 * Adds a signing key: generates one, or imports one; one that is there already is renewed. Every branch is published anew, signed by
 * all keys.
 * @throws AppError `not_found`, `forbidden`; `invalid` for a key that clients would refuse; `conflict` when there are too many.
 */
export async function addKey(
  ctx: Context,
  actor: Actor,
  { repo, ...input }: AptKeyInput & { repo: string },
  { dryRun }: { dryRun?: boolean } = {},
): Promise<AptKey> {
  const repository = await findRepositoryFor(ctx.db, actor, 'apt.manage', repo)
  const key =
    input.origin === 'imported'
      ? await readSigningKey(input, ctx.now())
      : await generateSigningKey({ ...input, repository: repo })
  const branches = repository.branches.map(({ name }) => name)
  const request = {
    repositoryId: repository.id,
    branches,
    all: true,
    actor,
    cause: 'settings' as const,
    dryRun,
  }
  return changeBranches(ctx, request, async (tx, { branches: locked, changes }) => {
    const row = await insertKey(ctx, tx, repository.id, key)
    const active = await tx.aptKey.count({ where: { repositoryId: repository.id, retiredAt: null } })
    if (active > MAX_KEYS) {
      throw new AppError('conflict', `A repository signs with ${MAX_KEYS} keys at most. Retire one first.`)
    }
    await recordAudit(tx, ctx, actor, {
      action: 'apt.add-key',
      subject: { type: 'apt_key', id: row.id, name: `${repo}/${row.fingerprint}` },
      details: {
        origin: row.origin,
        algorithm: row.algorithm,
        expiresAt: row.expiresAt?.toISOString() ?? null,
      },
    })
    for (const { id } of locked.values()) changes.touch(id)
    return { result: await presentKey(row, ctx.now()) }
  })
}
