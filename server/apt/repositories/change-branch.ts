import type { AptBranch } from '@/prisma/client/client'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { branchOf, findRepositoryFor } from '@/server/apt/repositories/find-repository'
import { presentBranch } from '@/server/apt/repositories/present-repository'
import { given, requireReleaseFlags } from '@/server/apt/repositories/settings'
import type { Branch, BranchPatch } from '@/server/apt/schema'
import { recordAudit } from '@/server/audit/record'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Tx } from '@/server/db'

interface Input extends BranchPatch {
  repo: string
  branch: string
}

/** What clients read in Release. */
const SHOWN = ['notAutomatic', 'butAutomaticUpgrades', 'validDays'] as const

/**
 * Changes the settings of a branch. One that Release says is published at once.
 * @throws AppError `not_found`, `forbidden`, `invalid`.
 */
export async function changeBranch(
  ctx: Context,
  actor: Actor,
  { repo, branch: name, ...patch }: Input,
  { dryRun }: { dryRun?: boolean } = {},
): Promise<Branch> {
  const repository = await findRepositoryFor(ctx.db, actor, 'apt.manage', repo)
  const { id } = branchOf(repo, repository.branches, name)
  const request = { repositoryId: repository.id, branches: [name], actor, cause: 'settings' as const, dryRun }
  const changed = await changeBranches(ctx, request, async (tx, { branches, changes }) => {
    const branch = branches.get(name) as AptBranch
    const before = { ...branch }
    // Publishing reads the settings from what the change holds.
    Object.assign(branch, given(patch))
    requireReleaseFlags(branch)
    await tx.aptBranch.update({ where: { id }, data: given(patch) })
    await recordAudit(tx, ctx, actor, {
      action: 'apt.change-branch',
      subject: { type: 'apt_branch', id, name: `${repo}/${name}` },
      details: { ...given(patch) },
    })
    if (SHOWN.some((setting) => branch[setting] !== before[setting])) changes.touch(id)
    return { result: await read(tx, id) }
  })
  return dryRun ? changed : read(ctx.db, id)
}

async function read(tx: Tx, id: string): Promise<Branch> {
  const include = { publication: { select: { at: true, packages: true, sources: true, size: true } } }
  return presentBranch(await tx.aptBranch.findUniqueOrThrow({ where: { id }, include }))
}
