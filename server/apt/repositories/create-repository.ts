import { generateSigningKey } from '@/server/apt/keys/generate-key'
import { insertKey } from '@/server/apt/keys/insert-key'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { presented, presentRepository } from '@/server/apt/repositories/present-repository'
import {
  given,
  repositorySubject,
  requireReleaseFlags,
  rethrowTaken,
  teamIdOf,
} from '@/server/apt/repositories/settings'
import type { RepositoryDetail, RepositoryInput } from '@/server/apt/schema'
import { recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'

/**
 * Makes a repository with its branches and an Ed25519 key, and publishes the branches, which are empty.
 * @throws AppError `conflict` for a name or host name that another one has, `invalid`, `forbidden`.
 */
export async function createRepository(
  ctx: Context,
  actor: Actor,
  input: RepositoryInput,
  { dryRun }: { dryRun?: boolean } = {},
): Promise<RepositoryDetail> {
  authorise(actor, 'apt.manage', input.team ? { team: input.team } : {})
  for (const [index, branch] of input.branches.entries()) {
    requireReleaseFlags(branch, `branches.${index}.butAutomaticUpgrades`)
  }
  const key = await generateSigningKey({ algorithm: 'ed25519', repository: input.name, validDays: null })
  const made = await transact(ctx, { dryRun }, async (tx) => {
    const { id } = await insertRepository(tx, input).catch((error: unknown) => rethrowTaken(error, input))
    await insertKey(ctx, tx, id, key)
    await recordAudit(tx, ctx, actor, {
      action: 'apt.create-repository',
      subject: repositorySubject({ id, name: input.name }),
      details: { branches: input.branches.map(({ name }) => name), key: key.fingerprint },
    })
    return read(ctx, tx, id)
  })
  if (dryRun) return made
  // Publishing writes what all changes share on connections of its own, so that the repository must be there before.
  const branches = input.branches.map(({ name }) => name)
  const request = { repositoryId: made.id, branches, actor, cause: 'settings' as const }
  await changeBranches(ctx, request, async (_tx, { branches: locked, changes }) => {
    for (const { id } of locked.values()) changes.touch(id)
    return { result: undefined }
  })
  return read(ctx, ctx.db, made.id)
}

async function insertRepository(tx: Tx, { team, branches, ...settings }: RepositoryInput) {
  const { name, origin = name, label = name, ...others } = settings
  const teamId = await teamIdOf(tx, team ?? null)
  return tx.aptRepository.create({
    data: {
      ...given(others),
      ...{
        name,
        origin,
        label,
        teamId,
        components: settings.components,
        architectures: settings.architectures,
      },
      branches: {
        create: branches.map((branch, position) => ({ ...given(branch), name: branch.name, position })),
      },
    },
    select: { id: true },
  })
}

async function read(ctx: Context, tx: Tx, id: string): Promise<RepositoryDetail> {
  const row = await tx.aptRepository.findUniqueOrThrow({ where: { id }, include: presented })
  return presentRepository(ctx, tx, row)
}
