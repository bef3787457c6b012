import { compareVersions } from '@/server/apt/format/version'
import { presentSummary, summarised } from '@/server/apt/packages/present-package'
import type { SourceDetail } from '@/server/apt/packages/schema'
import { findRepository } from '@/server/apt/repositories/find-repository'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/** Packages of one source that are shown, the newest first. */
const MOST = 5000

/**
 * Every version of one source, the newest first, with its packages and the branches that have them.
 * @throws AppError `not_found`.
 */
export async function getSource(
  ctx: Context,
  actor: Actor,
  { repo, source }: { repo: string; source: string },
): Promise<SourceDetail> {
  authorise(actor, 'apt.read')
  const { id: repositoryId, branches } = await findRepository(ctx.db, repo)
  const rows = await ctx.db.aptPackage.findMany({
    where: { repositoryId, sourceName: source },
    select: { ...summarised, sourceVersion: true, createdAt: true, uploadId: true },
    orderBy: { id: 'desc' },
    take: MOST,
  })
  if (rows.length === 0)
    throw new AppError('not_found', `The repository “${repo}” has no source “${source}”.`)
  const byVersion = new Map<string, typeof rows>()
  for (const row of rows) {
    const known = byVersion.get(row.sourceVersion)
    if (known === undefined) byVersion.set(row.sourceVersion, [row])
    else known.push(row)
  }
  const versions = [...byVersion].toSorted(([a], [b]) => compareVersions(b, a))
  return {
    source,
    versions: versions.map(([version, own]) => {
      const packages = own
        .map((row) => presentSummary(row, branches))
        .toSorted((a, b) => Number(b.type === 'source') - Number(a.type === 'source') || order(a, b))
      const first = own.at(-1) as (typeof own)[number]
      const places = new Set(packages.flatMap((one) => one.branches))
      return {
        version,
        branches: branches.map(({ name }) => name).filter((name) => places.has(name)),
        addedAt: first.createdAt.toISOString(),
        uploadId: own.find(({ type }) => type === 'source')?.uploadId ?? first.uploadId,
        packages,
      }
    }),
  }
}

interface Named {
  name: string
  architecture: string
}

function order(a: Named, b: Named): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.architecture < b.architecture ? -1 : 1
}
