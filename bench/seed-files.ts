import type { Pool, PoolClient } from 'pg'

export interface SeedOptions {
  /** How many files; each has one use, every third a second one. */
  files: number
  /** Days over which they were declared, up to now. */
  days?: number
}

/** How many downloads a day the seeded statistics show, each of another file. */
const DOWNLOADS_A_DAY = 10_000
const TEAMS = 24

/**
 * Fills a migrated, empty database with a believable ledger: skewed hosts, teams and licences, some failures, some files
 * that nobody uses any more, and one old bulk import (a tenth of all) whose words occur nowhere else. The same every
 * time but for the dates, so figures of two runs compare.
 */
export async function seedFiles(pool: Pool, { files, days = 730 }: SeedOptions): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    // Foreign keys hold by construction; checking each of millions would take most of the time. Needs a superuser, as the
    // embedded server has one. Triggers are off as well, so what they would fill is filled here.
    await client.query('SET LOCAL session_replication_role = replica')
    const rebuild = await dropIndexes(client)
    await client.query(FUNCTIONS)
    await client.query(TEAM_ROWS)
    await client.query(MADE_ROWS.replaceAll('$files', String(files)).replaceAll('$days', String(days)))
    for (const statement of [BLOB_ROWS, FILE_ROWS, SEARCH_ROWS, USE_ROWS, DOWNLOAD_ROWS, ...rebuild]) {
      await client.query(statement)
    }
    await client.query('COMMIT')
    await client.query(`VACUUM (ANALYZE) ${TABLES.join(', ')}`)
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

const TABLES = ['blobs', 'files', 'file_search', 'uses', 'download_days', 'teams']

/** Plain indexes are built once at the end, which is many times quicker; gives the statements that do it. */
async function dropIndexes(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index i WHERE i.indrelid = ANY ($1::regclass[]) AND NOT i.indisunique`,
    [TABLES],
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`)
  return rows.map(({ definition }) => definition)
}

const FUNCTIONS = `
CREATE OR REPLACE FUNCTION pg_temp.dice(n bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE AS
  $$ SELECT ((hashint8extended(n, salt) >> 11) & 9007199254740991)::float8 / 9007199254740992 $$;
CREATE OR REPLACE FUNCTION pg_temp.pick(words text[], n bigint, salt int) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT words[1 + floor(array_length(words, 1) * power(pg_temp.dice(n, salt), 2))::int] $$`

const WORDS = `'{amber,basalt,cedar,delta,ember,fjord,granite,harbour,indigo,juniper,kestrel,lantern,meadow,nimbus,orchid,
  pebble,quartz,raven,saffron,timber,umber,velvet,willow,xenon,yarrow,zephyr,acorn,birch,copper,dune}'::text[]`

const MADE_ROWS = `
CREATE TEMP TABLE made ON COMMIT DROP AS
SELECT n, date_trunc('milliseconds', now() - make_interval(secs => ($files - n) * ($days * 86400.0 / $files))) AS at,
  encode(sha256(n::text::bytea), 'hex') AS digest,
  (1000 + power(10, 3 + 5 * pg_temp.dice(n, 1)))::bigint AS size,
  CASE WHEN n <= $files / 10 THEN 'archive.example.test'
    ELSE pg_temp.pick(${WORDS}, n, 2) || '-' || floor(40 * power(pg_temp.dice(n, 3), 2))::int || '.example.org' END AS host,
  CASE WHEN n <= $files / 10 THEN '/legacy/import-batch/' ELSE '/' || pg_temp.pick(${WORDS}, n, 4) || '/releases/' END
    || pg_temp.pick(${WORDS}, n, 5) || '-' || pg_temp.pick(${WORDS}, n, 6) || '/'
    || floor(20 * pg_temp.dice(n, 7))::int || '.' || floor(30 * pg_temp.dice(n, 8))::int || '.'
    || floor(10 * pg_temp.dice(n, 9))::int || '/' || pg_temp.pick(${WORDS}, n, 6) || '-' || n || '.'
    || pg_temp.pick('{tar.gz,whl,zip,jar,tar.xz,deb,tgz,gem,msi,iso}', n, 10) AS path,
  (CASE WHEN pg_temp.dice(n, 11) < 0.965 THEN 'stored' WHEN pg_temp.dice(n, 11) < 0.985 THEN 'failed'
    WHEN pg_temp.dice(n, 11) < 0.995 THEN 'pending' ELSE 'fetching' END)::file_state AS state
FROM generate_series(1, $files::bigint) n`

const BLOB_ROWS = `INSERT INTO blobs (sha256, size, created_at) SELECT digest, size, at FROM made WHERE state = 'stored'`

const FILE_ROWS = `
INSERT INTO files (id, uri, declared_uri, host, state, sha256, size, content_type, error_code, error, attempts,
  stored_at, created_at, updated_at)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(digest, 1, 3) || '8'
    || substr(digest, 4, 15))::uuid,
  'https://' || host || path, 'https://' || host || path, host, state,
  CASE WHEN state = 'stored' THEN digest END, CASE WHEN state = 'stored' THEN size END, 'application/octet-stream',
  CASE WHEN state = 'failed' THEN 'not_found' END, CASE WHEN state = 'failed' THEN 'The upstream answered 404.' END,
  CASE state WHEN 'failed' THEN 3 WHEN 'pending' THEN 0 ELSE 1 END,
  CASE WHEN state = 'stored' THEN at END, at, at
FROM made ORDER BY n`

const TEAM_ROWS = `
INSERT INTO teams (slug, name)
SELECT 'team-' || lpad(n::text, 2, '0'), 'Team ' || n FROM generate_series(1, ${TEAMS}) n ON CONFLICT DO NOTHING`

const SEARCH_ROWS = `INSERT INTO file_search (id, uri) SELECT id, lower(uri COLLATE "C") FROM files ORDER BY id`

const USE_ROWS = `
WITH numbered AS (SELECT f.id, f.created_at, made.n FROM files f JOIN made ON 'https://' || made.host || made.path = f.uri),
  ranked AS (SELECT id, (row_number() OVER (ORDER BY slug) - 1)::int AS place FROM teams WHERE slug LIKE 'team-%')
INSERT INTO uses (file_id, team_id, reason, project, licence, created_at, retired_at, retired_reason)
SELECT f.id, t.id, 'Needed to build release ' || f.n % 997 || ' of the product.',
  CASE WHEN pg_temp.dice(f.n, 12) < 0.3 THEN 'project-' || f.n % 50 END,
  pg_temp.pick('{MIT,Apache-2.0,BSD-3-Clause,GPL-2.0-only,GPL-3.0-or-later,LGPL-2.1-or-later,MPL-2.0,ISC,Zlib,NULL,
    BSL-1.0,EPL-2.0,Unlicense,CC0-1.0,Artistic-2.0,PostgreSQL,Python-2.0,OpenSSL}', f.n * 2 + k, 13),
  f.created_at + k * interval '1 hour',
  CASE WHEN pg_temp.dice(f.n, 14) < 0.08 THEN f.created_at + interval '90 days' END,
  CASE WHEN pg_temp.dice(f.n, 14) < 0.08 THEN 'No longer built.' END
FROM numbered f CROSS JOIN generate_series(0, 1) k
  JOIN ranked t ON t.place = (floor(${TEAMS} * power(pg_temp.dice(f.n, 15), 2))::int + k * 7) % ${TEAMS}
WHERE k = 0 OR f.n % 10 < 3
ORDER BY f.n, k`

const DOWNLOAD_ROWS = `
INSERT INTO download_days (file_id, day, team_id, count, bytes)
SELECT f.id, current_date - d.back, '00000000-0000-0000-0000-000000000000', 1 + made.n % 17, f.size * (1 + made.n % 17)
FROM generate_series(0, 29) AS d(back)
  JOIN made ON made.n % greatest(1, (SELECT count(*) FROM made) / ${DOWNLOADS_A_DAY}) = d.back
  JOIN files f ON f.sha256 = made.digest`
