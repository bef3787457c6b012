import type { Context } from '@/server/context'
import { clientNetwork } from '@/server/http/client-network'
import { PeriodicFlush } from '@/server/mirror/periodic-flush'

const DAY_MS = 86_400_000
const MAX_USER_AGENT = 200
const MAX_PATH = 1000
/** So many different clients within a second are written at once instead of a second later. */
const MAX_GATHERED = 5_000
/** Above this, with the database away, new ones are dropped rather than memory filled. */
const MAX_KEPT = 20_000

interface Served {
  archiveId: string
  /** Of the client. */
  address: string | undefined
  userAgent: string | undefined
  /** Below the archive. */
  path: string
  bytes: number
  /** The last byte was among them. */
  reachedEnd: boolean | undefined
}

interface Tally {
  archive_id: string
  day: string
  client: string
  user_agent: string
  downloads: number
  bytes: number
  last_path: string
  last_at: string
}

/**
 * Counts who still uses an archive: by day, network of the client and what it calls itself. Serving only adds to a number in
 * memory; the rows are written together, within a second and at the end.
 */
export class ArchiveUseCounter {
  #gathered = new Map<string, Tally>()
  readonly #ctx: Context
  readonly #flush: PeriodicFlush

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#flush = new PeriodicFlush(() => this.#write(), ctx.log)
  }

  /** A download is counted when its last byte is sent, whether it came at once or in parts; bytes always are. */
  add({ archiveId, address, userAgent, path, bytes, reachedEnd }: Served): void {
    const now = this.#ctx.now()
    this.#merge({
      archive_id: archiveId,
      day: new Date(now.getTime() - (now.getTime() % DAY_MS)).toISOString().slice(0, 10),
      client: clientNetwork(address),
      user_agent: (userAgent ?? '').slice(0, MAX_USER_AGENT) || 'unknown',
      downloads: reachedEnd ? 1 : 0,
      bytes,
      last_path: path.slice(0, MAX_PATH),
      last_at: now.toISOString(),
    })
    if (this.#gathered.size >= MAX_GATHERED) void this.#flush.now()
    else this.#flush.due()
  }

  /** Writes what is gathered. */
  async close(): Promise<void> {
    await this.#flush.now()
  }

  #merge(added: Tally): void {
    const key = JSON.stringify([added.archive_id, added.day, added.client, added.user_agent])
    const tally = this.#gathered.get(key)
    if (tally === undefined) {
      if (this.#gathered.size < MAX_KEPT) this.#gathered.set(key, added)
      return
    }
    tally.downloads += added.downloads
    tally.bytes += added.bytes
    if (added.last_at < tally.last_at) return
    tally.last_at = added.last_at
    tally.last_path = added.last_path
  }

  async #write(): Promise<void> {
    const tallies = [...this.#gathered.values()]
    if (tallies.length === 0) return
    this.#gathered = new Map()
    try {
      await writeTallies(this.#ctx, tallies)
    } catch (error) {
      for (const tally of tallies) this.#merge(tally)
      throw error
    }
  }
}

/** In one order everywhere, so that two processes never wait for each other's rows. */
async function writeTallies(ctx: Context, tallies: readonly Tally[]): Promise<void> {
  await ctx.db.$executeRaw`
    INSERT INTO archive_uses AS known
      (archive_id, day, client, user_agent, downloads, bytes, last_path, last_at)
    SELECT archive_id, day, client, user_agent, downloads, bytes, last_path, last_at
    FROM jsonb_to_recordset(${JSON.stringify(tallies)}::jsonb) AS counted (archive_id uuid, day date, client text,
      user_agent text, downloads bigint, bytes bigint, last_path text, last_at timestamptz)
    WHERE EXISTS (SELECT FROM archives WHERE archives.id = counted.archive_id)
    ORDER BY archive_id, day, client, user_agent
    ON CONFLICT (archive_id, day, client, user_agent) DO UPDATE SET
      downloads = known.downloads + excluded.downloads, bytes = known.bytes + excluded.bytes,
      last_path = CASE WHEN excluded.last_at >= known.last_at THEN excluded.last_path ELSE known.last_path END,
      last_at = greatest(known.last_at, excluded.last_at)`
}
