import { parseParagraph } from '@/server/apt/format/control'
import { namesInRelations, relationsOf } from '@/server/apt/packages/package-relations'
import { presentSummary, summarised } from '@/server/apt/packages/present-package'
import type { PackageDetail } from '@/server/apt/packages/schema'
import { findRepository } from '@/server/apt/repositories/find-repository'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { publicUrl } from '@/server/env'
import { AppError } from '@/server/errors'

/** Paths and moves that are shown. */
const MOST_PATHS = 5000
const MOST_MOVES = 200

const wanted = {
  ...summarised,
  ...{ sourceName: true, sourceVersion: true, priority: true, maintainer: true, description: true },
  ...{ stanza: true, changelog: true, contents: true, createdAt: true, uploadId: true },
  files: { orderBy: { path: 'asc' } },
  moves: { include: { move: true }, orderBy: { moveId: 'desc' }, take: MOST_MOVES },
} as const

/**
 * One package: what its index stanza says, its files, what it depends on, and where it has been.
 * @throws AppError `not_found`.
 */
export async function getPackage(
  ctx: Context,
  actor: Actor,
  { repo, id }: { repo: string; id: string },
): Promise<PackageDetail> {
  authorise(actor, 'apt.read')
  const { id: repositoryId, branches } = await findRepository(ctx.db, repo)
  const row = await ctx.db.aptPackage.findFirst({ where: { id: BigInt(id), repositoryId }, select: wanted })
  if (row === null) throw new AppError('not_found', `The repository “${repo}” has no such package.`)
  const control = parseParagraph(row.stanza)
  const names = namesInRelations(control)
  const known = await ctx.db.aptPackage.findMany({
    where: { repositoryId, name: { in: names } },
    select: { name: true },
    distinct: ['name'],
  })
  return {
    ...presentSummary(row, branches),
    source: row.sourceName,
    ...{ sourceVersion: row.sourceVersion, priority: row.priority, maintainer: row.maintainer },
    ...{ description: row.description, homepage: homepageOf(control.line('Homepage')) },
    ...{ control: row.stanza, changelog: row.changelog, uploadId: row.uploadId },
    files: row.files.map(({ path, size, sha256, sha1, md5 }) => ({
      ...{ path, size: Number(size), sha256, sha1, md5 },
      url: `${publicUrl(ctx.env)}/apt/${repo}/${path.split('/').map(encodeURIComponent).join('/')}`,
    })),
    paths: row.contents === null ? null : pathsOf(row.contents),
    relations: relationsOf(control, new Set(known.map(({ name }) => name))),
    addedAt: row.createdAt.toISOString(),
    moves: row.moves.map(({ fromBranch, toBranch, move }) => ({
      ...{ id: move.id, kind: move.kind, fromBranch, toBranch },
      ...{ actorName: move.actorName, reason: move.reason, at: move.at.toISOString() },
    })),
  }
}

/** Only what a browser may follow: the field is the packager's to write. */
function homepageOf(text: string | undefined): string | null {
  return text !== undefined && /^https?:\/\/\S+$/.test(text) ? text : null
}

/** Of lines of Contents: what stands before the tab, of which a path has none. */
function pathsOf(contents: string): string[] {
  const paths: string[] = []
  for (let start = 0; start < contents.length && paths.length < MOST_PATHS; ) {
    const end = contents.indexOf('\n', start)
    const line = contents.slice(start, end === -1 ? undefined : end)
    paths.push(line.slice(0, line.indexOf('\t')))
    start = end === -1 ? contents.length : end + 1
  }
  return paths
}
