import type { AptBranch, AptRepository } from '@/prisma/client/client'
import { formatRelease } from '@/server/apt/format/release'
import type { PublishedFile } from '@/server/apt/publish/publish-files'
import type { Context } from '@/server/context'
import { publicUrl } from '@/server/env'

interface Described {
  repository: AptRepository
  branch: AptBranch
  at: Date
  files: readonly PublishedFile[]
}

const DAY_MS = 86_400_000

/** `dists/<branch>/Release`. */
export function distsRelease(ctx: Context, described: Described): string {
  const { repository, branch } = described
  return formatRelease({
    ...facts(described),
    components: repository.components,
    description: `${repository.label} ${branch.name}`,
    snapshots: `${publicUrl(ctx.env)}/apt/${repository.name}/snapshots/@SNAPSHOTID@/`,
    // Their packages stand in the index of every architecture.
    noSupportForArchitectureAll: 'Packages',
    architectures: ['all', ...repository.architectures],
  })
}

/** `<branch>/<directory>/Release` of the flat layout. */
export function flatRelease(described: Described & { directory: string }): string {
  const { repository, branch, directory } = described
  return formatRelease({
    ...facts(described),
    // What sources name before the directory’s slash: apt warns of a Release that is of another suite than was asked for.
    suite: `${branch.name}/${directory}`,
    description: `${repository.label} ${branch.name} ${directory}`,
    components: [],
    architectures: directory === 'source' ? [] : [directory],
  })
}

function facts({ repository, branch, at, files }: Described) {
  return {
    origin: repository.origin,
    label: repository.label,
    suite: branch.name,
    codename: branch.name,
    date: at,
    notAutomatic: branch.notAutomatic,
    butAutomaticUpgrades: branch.butAutomaticUpgrades,
    acquireByHash: true,
    files,
    ...(branch.validDays !== null && { validUntil: new Date(at.getTime() + branch.validDays * DAY_MS) }),
  }
}
