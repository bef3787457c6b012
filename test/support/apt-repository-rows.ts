import { generateKey } from 'openpgp'
import type { AptRepository } from '@/prisma/client/client'
import { sealKey } from '@/server/apt/keys/seal-key'
import { addPackages } from '@/server/apt/packages/add-packages'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { recordFiles } from '@/test/support/apt-packages'

interface Given {
  name?: string
  branches?: string[]
  components?: string[]
  architectures?: string[]
  flatLayout?: boolean
  contents?: boolean
}

/** A repository with a key, nothing published yet. */
export async function createRepositoryRows(ctx: Context, given: Given = {}): Promise<AptRepository> {
  const { name = 'tools', branches = ['unstable', 'testing'], ...settings } = given
  const repository = await ctx.db.aptRepository.create({
    data: {
      ...{
        name,
        origin: 'Example',
        label: 'Tools',
        components: ['main'],
        architectures: ['amd64'],
        ...settings,
      },
      branches: { create: branches.map((branch, position) => ({ name: branch, position })) },
    },
  })
  const key = await generateKey({ userIDs: { name }, type: 'curve25519', format: 'object' })
  const fingerprint = key.publicKey.getFingerprint().toUpperCase()
  const owner = { repositoryId: repository.id, fingerprint }
  const sealedKey = sealKey(ctx.secret, owner, key.privateKey.armor())
  await ctx.db.aptKey.create({
    data: {
      ...{
        repositoryId: repository.id,
        origin: 'generated',
        fingerprint,
        algorithm: 'Ed25519',
        userId: name,
      },
      ...{ publicKey: key.publicKey.armor(), sealedKey },
    },
  })
  return repository
}

/** Adds packages to a branch and publishes it. */
export async function addToBranch(
  ctx: Context,
  repository: AptRepository,
  branch: string,
  packages: readonly NewPackage[],
): Promise<bigint[]> {
  await recordFiles(ctx, packages)
  const request = { repositoryId: repository.id, branches: [branch], actor: system, cause: 'upload' as const }
  return changeBranches(ctx, request, async (tx, locked) => {
    const row = locked.branches.get(branch)
    if (row === undefined) throw new Error('no such branch')
    const { ids } = await addPackages(tx, locked, { branch: row, packages })
    return { result: ids }
  })
}
