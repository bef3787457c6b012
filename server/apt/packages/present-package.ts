import type { AptPackage } from '@/prisma/client/client'
import type { PackageSummary } from '@/server/apt/packages/schema'
import type { Prisma } from '@/server/db'

/** What presenting a package in a list needs of it. */
export const summarised = {
  ...{ id: true, type: true, name: true, version: true, architecture: true, component: true },
  ...{ section: true, summary: true, size: true, placements: { select: { branchId: true } } },
} as const satisfies Prisma.AptPackageSelect

type Summarised = Pick<
  AptPackage,
  'id' | 'type' | 'name' | 'version' | 'architecture' | 'component' | 'section' | 'summary' | 'size'
> & { placements: readonly { branchId: string }[] }

/** A package as lists show it. @param branches of its repository, in the order of promotion. */
export function presentSummary(
  row: Summarised,
  branches: readonly { id: string; name: string }[],
): PackageSummary {
  const { type, name, version, architecture, component, section, summary } = row
  const places = new Set(row.placements.map(({ branchId }) => branchId))
  return {
    ...{ id: String(row.id), type, name, version, architecture, component, section, summary },
    size: Number(row.size),
    branches: branches.filter(({ id }) => places.has(id)).map((branch) => branch.name),
  }
}
