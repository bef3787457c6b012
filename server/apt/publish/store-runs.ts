import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { compress } from '@cloudpss/zstd'
import type { CutRun } from '@/server/apt/publish/cut-runs'
import { runCache } from '@/server/apt/publish/run-cache'
import type { RunFacts } from '@/server/apt/publish/runs'
import type { Context } from '@/server/context'

const gzipped = promisify(gzip)
/** Less than one per cent larger than at gzip's usual 6, in three quarters of the time. */
const GZIP_LEVEL = 5
const ZSTD_LEVEL = 3
/** Runs compressed and stored with one statement. */
const BATCH = 128

interface Digested extends CutRun {
  plain: Buffer
  digest: string
}

/**
 * Stores runs, each once however often it is met, and outside of any transaction: a run says nothing by itself, so one that
 * no list ever names does no harm. No run at all is one without text, for a compressed file of nothing still has bytes.
 * @returns what is known of each, in order.
 */
export async function storeRuns(
  ctx: Context,
  repositoryId: string,
  lists: readonly (readonly CutRun[])[],
): Promise<RunFacts[][]> {
  const digested = lists.map((runs) => (runs.length > 0 ? runs : [EMPTY]).map(digest))
  const byDigest = new Map(digested.flat().map((run) => [run.digest, run]))
  const ids = await knownRuns(ctx, repositoryId, [...byDigest.values()])
  const unknown = [...byDigest.values()].filter((run) => !ids.has(run.digest))
  for (let start = 0; start < unknown.length; start += BATCH) {
    await insertRuns(ctx, repositoryId, unknown.slice(start, start + BATCH), ids)
  }
  const facts = await runCache(ctx).factsOf([...new Set(ids.values())])
  return digested.map((runs) => runs.map((run) => facts.get(ids.get(run.digest) as bigint) as RunFacts))
}

const EMPTY: CutRun = { firstName: '', text: '', packageIds: [] }

function digest(run: CutRun): Digested {
  const plain = Buffer.from(run.text)
  return { ...run, plain, digest: createHash('sha256').update(plain).digest('hex') }
}

/**
 * The ids of those that are stored, by digest. One that a change left behind which then failed names packages that never were:
 * the same packages have other ids by now, and the run is told so, for snapshots are compared by them.
 */
async function knownRuns(
  { pool }: Context,
  repositoryId: string,
  runs: readonly Digested[],
): Promise<Map<string, bigint>> {
  const { rows } = await pool.query<{ id: string; digest: string }>({
    name: 'apt-known-runs',
    text: `
      WITH given AS (SELECT digest, ids::bigint[] AS ids FROM unnest($2::text[], $3::text[]) AS asked (digest, ids)),
      mended AS (
        UPDATE apt_runs r SET package_ids = given.ids FROM given
        WHERE r.repository_id = $1 AND r.digest = given.digest AND r.package_ids <> given.ids)
      SELECT r.id, r.digest FROM given JOIN apt_runs r ON r.repository_id = $1 AND r.digest = given.digest`,
    values: [repositoryId, runs.map((run) => run.digest), runs.map(idsOf)],
  })
  return new Map(rows.map(({ id, digest }) => [digest, BigInt(id)]))
}

/** As PostgreSQL writes an array. */
function idsOf({ packageIds }: CutRun): string {
  return `{${packageIds.join()}}`
}

async function insertRuns(
  ctx: Context,
  repositoryId: string,
  runs: readonly Digested[],
  ids: Map<string, bigint>,
): Promise<void> {
  // gzip runs beside this thread, zstd on it.
  const members = runs.map(({ plain }) => gzipped(plain, { level: GZIP_LEVEL }))
  const zst = runs.map(({ plain }) => compress(plain, ZSTD_LEVEL))
  const gz = await Promise.all(members)
  // One value for all bytes: in an array each would be sent as text of twice its length.
  const bytes = Buffer.concat(runs.flatMap((_, index) => [gz[index] as Buffer, zst[index] as Buffer]))
  const { rows } = await ctx.pool.query<{ id: string; digest: string }>({
    name: 'apt-insert-runs',
    text: `
      INSERT INTO apt_runs (repository_id, digest, first_name, package_ids, plain_size, gz, zst)
      SELECT $1, digest, first_name, package_ids::bigint[], plain_size,
        substring($8::bytea FROM behind::int - zst - gz + 1 FOR gz), substring($8::bytea FROM behind::int - zst + 1 FOR zst)
      FROM (
        SELECT *, sum(gz + zst) OVER (ORDER BY place) AS behind
        FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::int[])
          WITH ORDINALITY AS given (digest, first_name, package_ids, plain_size, gz, zst, place)) AS placed
      ON CONFLICT DO NOTHING RETURNING id, digest`,
    values: [
      ...[repositoryId, runs.map((run) => run.digest), runs.map((run) => run.firstName)],
      ...[runs.map(idsOf), runs.map(({ plain }) => plain.length)],
      ...[gz.map(({ length }) => length), zst.map(({ length }) => length), bytes],
    ],
  })
  for (const row of rows) ids.set(row.digest, BigInt(row.id))
  const cache = runCache(ctx)
  runs.forEach((run, index) => {
    const id = ids.get(run.digest)
    if (id === undefined) return
    const content = { gz: gz[index] as Buffer, zst: zst[index] as Buffer }
    const sizes = { plain: run.plain.length, gz: content.gz.length, zst: content.zst.length }
    cache.keepRun({ id, firstName: run.firstName, sizes }, content)
  })
  if (rows.length === runs.length) return
  // Another process stored them meanwhile.
  const missing = runs.filter((run) => !ids.has(run.digest))
  for (const [digest, id] of await knownRuns(ctx, repositoryId, missing)) ids.set(digest, id)
}
