import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Prisma } from '@/server/db'
import { AppError } from '@/server/errors'
import { decodeCursor, pageOf } from '@/server/http/cursor'
import type { Miss, MissQuery } from '@/server/mirror/schema'

const SIGHTINGS = 20

const withSightings = {
  sightings: { orderBy: { lastSeenAt: 'desc' }, take: SIGHTINGS },
} satisfies Prisma.MissInclude
type MissRow = Prisma.MissGetPayload<{ include: typeof withSightings }>

/** Refused URLs, the last seen first, each with who asked for it. */
export async function listMisses(ctx: Context, actor: Actor, query: MissQuery) {
  authorise(actor, 'miss.read')
  const after = query.cursor === undefined ? undefined : afterOf(query.cursor)
  const where: Prisma.MissWhereInput = {
    state: query.state,
    ...(query.host && { host: query.host }),
    ...(query.q && { url: { contains: query.q, mode: 'insensitive' } }),
    ...(after && {
      // Says the same as OR does, in a form that the index can start from.
      lastSeenAt: { lte: after.at },
      OR: [{ lastSeenAt: { lt: after.at } }, { lastSeenAt: after.at, id: { lt: after.id } }],
    }),
  }
  const rows = await ctx.db.miss.findMany({
    where,
    include: withSightings,
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  })
  const teams = await teamNames(ctx, rows)
  return pageOf(rows, query.limit, {
    key: (row) => [row.lastSeenAt.toISOString(), row.id],
    item: (row) => presentMiss(row, teams),
  })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function afterOf(cursor: string): { at: Date; id: string } {
  const [time = '', id = ''] = decodeCursor(cursor, 2)
  const at = new Date(time)
  if (Number.isNaN(at.getTime()) || !UUID.test(id)) {
    throw new AppError('invalid', 'This cursor is not one of ours. Start again without it.')
  }
  return { at, id }
}

/** One refused URL. @throws AppError `not_found`. */
export async function getMiss(ctx: Context, actor: Actor, { id }: { id: string }): Promise<Miss> {
  authorise(actor, 'miss.read')
  const row = await ctx.db.miss.findUnique({ where: { id }, include: withSightings })
  if (!row) throw new AppError('not_found', 'There is no such miss.')
  return presentMiss(row, await teamNames(ctx, [row]))
}

async function teamNames(ctx: Context, rows: readonly MissRow[]): Promise<Map<string, string>> {
  const ids = new Set(rows.flatMap((row) => row.sightings.map((sighting) => sighting.teamId)))
  const teams = await ctx.db.team.findMany({ where: { id: { in: [...ids] } } })
  return new Map(teams.map(({ id, slug }) => [id, slug]))
}

function presentMiss(row: MissRow, teams: ReadonlyMap<string, string>): Miss {
  return {
    id: row.id,
    url: row.url,
    host: row.host,
    state: row.state,
    count: Number(row.count),
    firstSeenAt: row.firstSeenAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    fileId: row.fileId,
    imageId: row.imageId,
    sightings: row.sightings.map((sighting) => ({
      clientNetwork: sighting.clientNetwork,
      userAgent: sighting.userAgent,
      team: teams.get(sighting.teamId) ?? null,
      count: Number(sighting.count),
      firstSeenAt: sighting.firstSeenAt.toISOString(),
      lastSeenAt: sighting.lastSeenAt.toISOString(),
    })),
  }
}
