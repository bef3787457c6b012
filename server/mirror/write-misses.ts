import type { Context } from '@/server/context'

export interface SightingTally {
  clientNetwork: string
  userAgent: string
  team: string
  count: number
  /** ISO 8601. */
  first: string
  last: string
}

export interface MissTally {
  url: string
  host: string
  /** The image that was meant, where it is declared. */
  imageId: string | null
  count: number
  first: string
  last: string
  sightings: Map<string, SightingTally>
}

/** Open misses kept; when more URLs are refused, those not asked for the longest are forgotten. */
export const MAX_OPEN_MISSES = 20_000
/** Clients kept of each miss. */
export const MAX_SIGHTINGS_KEPT = 100

/**
 * Adds tallies to the rows of misses and of their sightings, in one statement. A URL or image that is declared already, but
 * not stored yet, is recorded as declared: there is nothing left to decide, and still worth knowing who waits. Rows are taken in
 * one order everywhere, so that two processes never wait for each other's.
 */
export async function writeMisses(ctx: Context, misses: readonly MissTally[]): Promise<void> {
  const rows = misses.map(({ sightings: _, ...miss }) => miss)
  const sightings = misses.flatMap(({ url, sightings }) =>
    [...sightings.values()].map((sighting) => ({ url, ...sighting })),
  )
  await ctx.db.$executeRaw`
    WITH written AS (
      INSERT INTO misses AS known (url, host, count, first_seen_at, last_seen_at, state, decided_at, file_id, image_id)
      SELECT seen.url, seen.host, seen.count, seen.first, seen.last,
        CASE WHEN coalesce(files.id, images.id) IS NULL THEN 'open' ELSE 'declared' END::miss_state,
        CASE WHEN coalesce(files.id, images.id) IS NULL THEN NULL ELSE seen.last END, files.id, images.id
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS seen(url text, host text, "imageId" uuid, count bigint, first timestamptz, last timestamptz)
      LEFT JOIN files ON files.uri = seen.url
      LEFT JOIN images ON images.id = seen."imageId"
      ORDER BY seen.url
      ON CONFLICT (url) DO UPDATE SET
        count = known.count + excluded.count,
        last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
        file_id = coalesce(known.file_id, excluded.file_id),
        image_id = coalesce(known.image_id, excluded.image_id),
        state = CASE WHEN known.state = 'open' THEN excluded.state ELSE known.state END,
        decided_at = coalesce(known.decided_at, excluded.decided_at)
      RETURNING id, url
    )
    INSERT INTO miss_sightings AS known
      (miss_id, client_network, user_agent, team_id, count, first_seen_at, last_seen_at)
    SELECT written.id, seen."clientNetwork", seen."userAgent", seen.team, seen.count, seen.first, seen.last
    FROM jsonb_to_recordset(${JSON.stringify(sightings)}::jsonb)
      AS seen(url text, "clientNetwork" text, "userAgent" text, team uuid, count bigint, first timestamptz, last timestamptz)
    JOIN written ON written.url = seen.url
    ORDER BY written.id, seen."clientNetwork", seen."userAgent", seen.team
    ON CONFLICT (miss_id, client_network, user_agent, team_id) DO UPDATE SET
      count = known.count + excluded.count,
      last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)`
}

/** Misses forgotten with one statement: what is refused meanwhile is written between two of them. */
const FORGOTTEN_AT_ONCE = 5_000

/**
 * Removes open misses beyond `MAX_OPEN_MISSES`, and of each miss the sightings beyond `MAX_SIGHTINGS_KEPT`; oldest first. What goes
 * is found first and whole, as an array: a join would look for it anew for every row wherever these tables are taken to be empty.
 */
export async function forgetOldMisses(ctx: Context): Promise<void> {
  let forgotten: number
  do {
    // Taken in the order of writers.
    forgotten = await ctx.db.$executeRaw`
      DELETE FROM misses WHERE id = ANY (ARRAY(
        SELECT id FROM misses WHERE id = ANY (ARRAY(
          SELECT id FROM misses WHERE state = 'open'
          ORDER BY last_seen_at DESC, id DESC OFFSET ${MAX_OPEN_MISSES} LIMIT ${FORGOTTEN_AT_ONCE}))
        ORDER BY url FOR UPDATE))`
  } while (forgotten === FORGOTTEN_AT_ONCE)
  await ctx.db.$executeRaw`
    DELETE FROM miss_sightings WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM (
        SELECT ctid, row_number() OVER (PARTITION BY miss_id ORDER BY last_seen_at DESC) AS place
        FROM miss_sightings WHERE miss_id = ANY (ARRAY(
          SELECT miss_id FROM miss_sightings GROUP BY miss_id HAVING count(*) > ${MAX_SIGHTINGS_KEPT}))) AS ranked
      WHERE place > ${MAX_SIGHTINGS_KEPT}))`
}
