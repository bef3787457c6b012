import type { Context } from '@/server/context'
import { Prisma } from '@/server/db'
import { PeriodicFlush } from '@/server/mirror/periodic-flush'

/** Stands for “no team” in counted rows, so that one unique key holds them all. */
export const NO_TEAM = '00000000-0000-0000-0000-000000000000'

const DAY_MS = 86_400_000
/** So many different files and teams within a second are written at once instead of a second later. */
const MAX_GATHERED = 5_000
/** Above this, with the database away, new ones are dropped rather than memory filled. */
const MAX_KEPT = 50_000

interface Served {
  /** Of the file or image. */
  id: string
  /** Id of the team that the client spoke for; `NO_TEAM` for none. */
  team: string
  bytes: number
  /** The last byte was among them. */
  reachedEnd: boolean | undefined
}

interface Tally {
  id: string
  team: string
  /** Days since the epoch, UTC. */
  day: number
  count: number
  bytes: number
}

/** What downloads are counted of. */
type Subject = 'file' | 'image'

/**
 * Counts downloads per file or image, day and team. Serving only adds to a number in memory; the rows are written together,
 * within a second and at the end.
 */
export class DownloadCounter {
  #gathered = new Map<string, Tally>()
  readonly #flush: PeriodicFlush

  constructor(
    private readonly ctx: Context,
    private readonly subject: Subject = 'file',
  ) {
    this.#flush = new PeriodicFlush(() => this.#write(), ctx.log)
  }

  /** A download is counted when its last byte is sent, whether it came at once or in parts; bytes always are. */
  add({ id, team, bytes, reachedEnd }: Served): void {
    const day = Math.floor(this.ctx.now().getTime() / DAY_MS)
    this.#merge({ id, team, day, count: reachedEnd ? 1 : 0, bytes })
    if (this.#gathered.size >= MAX_GATHERED) void this.#flush.now()
    else this.#flush.due()
  }

  /** Writes what is gathered. */
  async close(): Promise<void> {
    await this.#flush.now()
  }

  #merge(added: Tally): void {
    const key = `${added.id}${added.team}${added.day}`
    const tally = this.#gathered.get(key)
    if (tally !== undefined) {
      tally.count += added.count
      tally.bytes += added.bytes
    } else if (this.#gathered.size < MAX_KEPT) this.#gathered.set(key, added)
  }

  async #write(): Promise<void> {
    const tallies = [...this.#gathered.values()]
    if (tallies.length === 0) return
    this.#gathered = new Map()
    try {
      await writeTallies(this.ctx, ledgers[this.subject], tallies)
    } catch (error) {
      for (const tally of tallies) this.#merge(tally)
      throw error
    }
  }
}

const { sql } = Prisma
const ledgers = {
  file: { days: sql`download_days`, key: sql`file_id`, rows: sql`files` },
  image: { days: sql`image_download_days`, key: sql`image_id`, rows: sql`images` },
}

/** In one order everywhere, so that two processes never wait for each other's rows. */
async function writeTallies(
  ctx: Context,
  { days, key, rows: subjects }: (typeof ledgers)[Subject],
  tallies: Tally[],
): Promise<void> {
  const rows = tallies.map(({ id, team, day, count, bytes }) => ({
    ...{ id, team_id: team, count, bytes },
    day: new Date(day * DAY_MS).toISOString().slice(0, 10),
  }))
  await ctx.db.$executeRaw`
    INSERT INTO ${days} AS known (${key}, day, team_id, count, bytes)
    SELECT id, day, team_id, count, bytes
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS counted (id uuid, day date, team_id uuid, count bigint, bytes bigint)
    WHERE EXISTS (SELECT FROM ${subjects} WHERE ${subjects}.id = counted.id)
    ORDER BY id, day, team_id
    ON CONFLICT (${key}, day, team_id)
    DO UPDATE SET count = known.count + excluded.count, bytes = known.bytes + excluded.bytes`
}
