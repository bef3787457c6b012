import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { sampleFiles } from '@/server/mirror/sample-files'
import type { FileFacets } from '@/server/mirror/schema'
import type { FileSample } from '@/server/mirror/search-plan'

type Facet = FileFacets['hosts']

/** Values offered of each kind. */
const MAX_VALUES = 200
/** A value that no sampled file has is rare enough to be counted, up to here. */
const MAX_COUNTED = 1000

/**
 * The hosts, teams and licences by which the list can be filtered, the most frequent first. With many files, counts are
 * estimates from a sample, and of very many hosts those are offered that the sample or the beginning of the alphabet has.
 */
export async function readFacets(ctx: Context, actor: Actor): Promise<FileFacets> {
  authorise(actor, 'file.read')
  const sample = await sampleFiles(ctx)
  const [hosts, licences, teams] = await Promise.all([
    readFacet(ctx, byHost, sample),
    readFacet(ctx, byLicence, sample),
    ctx.db.team.findMany({ select: { slug: true }, orderBy: { slug: 'asc' } }),
  ])
  const teamsUsed = await countValues(ctx, byTeam, { values: teams.map(({ slug }) => slug), sample })
  return { hosts, licences, teams: teamsUsed, isEstimate: sample !== undefined }
}

interface Kind {
  /** All distinct values, by leaps from one to the next through an index. */
  leap: (after: Prisma.Sql) => Prisma.Sql
  /** One row for each file that has the value. */
  rows: (value: Prisma.Sql) => Prisma.Sql
  sampled: (file: FileSample['files'][number]) => readonly string[]
}

const { sql } = Prisma

const byHost: Kind = {
  leap: (after) => sql`SELECT host FROM files WHERE host > ${after} ORDER BY host LIMIT 1`,
  rows: (value) => sql`SELECT FROM files WHERE host = ${value}`,
  sampled: ({ host }) => [host],
}

const byLicence: Kind = {
  leap: (after) => sql`SELECT licence FROM uses WHERE licence > ${after} ORDER BY licence LIMIT 1`,
  rows: (value) => sql`
    SELECT DISTINCT file_id FROM uses WHERE licence = ${value} AND file_id IS NOT NULL AND retired_at IS NULL`,
  sampled: ({ uses }) => [
    ...new Set(uses.flatMap((use) => (use.isActive && use.licence ? [use.licence] : []))),
  ],
}

const byTeam: Pick<Kind, 'rows' | 'sampled'> = {
  rows: (value) => sql`
    SELECT DISTINCT file_id FROM uses
    WHERE team_id = (SELECT id FROM teams WHERE slug = ${value}) AND file_id IS NOT NULL AND retired_at IS NULL`,
  sampled: ({ uses }) => [...new Set(uses.flatMap((use) => (use.isActive ? [use.team] : [])))],
}

async function readFacet(ctx: Context, kind: Kind, sample: FileSample | undefined): Promise<Facet> {
  const found = await ctx.db.$queryRaw<{ value: string }[]>`
    WITH RECURSIVE leaps(value) AS (
      (${kind.leap(sql`''`)}) UNION ALL SELECT (${kind.leap(sql`leaps.value`)}) FROM leaps WHERE leaps.value IS NOT NULL)
    SELECT value FROM leaps WHERE value IS NOT NULL LIMIT ${MAX_VALUES}`
  const sampled = sample?.files.flatMap(kind.sampled) ?? []
  return countValues(ctx, kind, { values: [...found.map(({ value }) => value), ...sampled], sample })
}

async function countValues(
  ctx: Context,
  kind: Pick<Kind, 'rows' | 'sampled'>,
  { values, sample }: { values: string[]; sample: FileSample | undefined },
): Promise<Facet> {
  const estimates = new Map<string, number>()
  for (const value of sample?.files.flatMap(kind.sampled) ?? []) {
    estimates.set(value, (estimates.get(value) ?? 0) + (sample?.share ?? 1))
  }
  const rare = [...new Set(values)].filter((value) => !estimates.has(value))
  const limit = sample ? sql`LIMIT ${MAX_COUNTED}` : Prisma.empty
  const counted = await ctx.db.$queryRaw<{ value: string; count: number }[]>`
    SELECT value, (SELECT count(*)::int FROM (${kind.rows(sql`value`)} ${limit}) AS matching) AS count
    FROM unnest(${rare}::text[]) AS value`
  const facet = [...estimates].map(([value, count]) => ({ value, count: Math.round(count) }))
  return [...facet, ...counted.filter(({ count }) => count > 0)]
    .sort((one, other) => other.count - one.count || one.value.localeCompare(other.value))
    .slice(0, MAX_VALUES)
}
