import { compareVersions } from '@/server/apt/format/version'
import { findBranch } from '@/server/apt/repositories/find-repository'
import { comparePublications, readPublication } from '@/server/apt/snapshots/compare-publications'
import type { DiffQuery, SnapshotDiff } from '@/server/apt/snapshots/schema'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

interface Asked extends DiffQuery {
  repo: string
  branch: string
}

/** Differences told at most; a larger one says that it is cut. */
const MOST = 5000
const MOST_ROWS = 2 * MOST

type Difference = SnapshotDiff['changes'][number]

interface Row extends Pick<Difference, 'name' | 'architecture' | 'type'> {
  id: bigint
  version: string
}

/**
 * How two snapshots of a branch differ, by package and architecture, sorted by name.
 * @throws AppError `not_found`.
 */
export async function diffSnapshots(ctx: Context, actor: Actor, asked: Asked): Promise<SnapshotDiff> {
  authorise(actor, 'apt.read')
  const branch = await findBranch(ctx.db, asked.repo, asked.branch)
  const to = asked.to ?? (branch.publicationId === null ? undefined : String(branch.publicationId))
  if (to === undefined) throw new AppError('not_found', 'This branch shows nothing yet.')
  const before = await readPublication(ctx.db, branch.id, asked.from)
  const after = await readPublication(ctx.db, branch.id, to)
  const { onlyBefore, onlyAfter } = await comparePublications(ctx, ctx.db, before.lists, after.lists)
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT id, name, version, architecture, type::text FROM apt_packages
    WHERE id = ANY(${[...onlyBefore, ...onlyAfter].map(String)}::bigint[])
    ORDER BY name, architecture, type LIMIT ${MOST_ROWS + 1}`
  const came = new Set(onlyAfter)
  const found = new Map<string, Difference>()
  for (const { id, name, version, architecture, type } of rows) {
    const key = `${name} ${architecture} ${type}`
    const difference = found.get(key) ?? { name, architecture, type, before: [], after: [] }
    if (came.has(id)) difference.after.push(version)
    else difference.before.push(version)
    found.set(key, difference)
  }
  const isCut = rows.length > MOST_ROWS
  // What comes after the cut may be of the last one: half of it would say that it left, or came.
  const changes = [...found.values()].slice(0, isCut ? -1 : undefined)
  for (const { before, after } of changes) {
    before.sort(newestFirst)
    after.sort(newestFirst)
  }
  return {
    from: asked.from,
    to,
    changes: changes.slice(0, MOST),
    truncated: isCut || changes.length > MOST,
  }
}

const newestFirst = (a: string, b: string) => compareVersions(b, a)
