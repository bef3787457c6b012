import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg'
import { makeWorkerUtils } from 'graphile-worker'
import { Pool } from 'pg'

/** One key for the whole of Entrepôt: processes that start together migrate one after the other. */
const MIGRATION_LOCK = 4_731_001

/**
 * Brings the database up to the migrations in `prisma/migrations`, and the job queue to its own. Safe to run from
 * many processes at once, and again. Uses the same engine as `prisma migrate deploy`, as WebAssembly, so nothing is
 * downloaded; the history table is Prisma's own.
 * @param url PostgreSQL URL.
 * @param root the directory that holds `prisma/`.
 * @returns the names of the migrations that were applied now.
 */
export async function migrate(url: string, root: string): Promise<string[]> {
  const pool = new Pool({ connectionString: url, max: 4 })
  const holder = await pool.connect()
  try {
    await holder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const engine = await openEngine(pool, await readFile(join(root, 'prisma/schema.prisma'), 'utf8'))
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: await readMigrations(root),
      filters: { externalTables: [], externalEnums: [] },
    })
    const jobs = await makeWorkerUtils({ pgPool: pool })
    await jobs.migrate()
    await jobs.release()
    return appliedMigrationNames
  } finally {
    holder.release(true)
    await pool.end()
  }
}

/**
 * The SQL that leads from one schema to another.
 * @param url any reachable database; it is not changed.
 * @param before the text of the earlier schema.prisma; empty for none.
 * @param after the text of the later one.
 */
export async function schemaChange(url: string, before: string, after: string): Promise<string> {
  const target = (content: string) => ({
    tag: 'schemaDatamodel' as const,
    files: [{ path: 'schema.prisma', content }],
  })
  const pool = new Pool({ connectionString: url, max: 2 })
  try {
    const engine = await openEngine(pool, after)
    const result = await engine.diff({
      from: before === '' ? { tag: 'empty' } : target(before),
      to: target(after),
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return result.stdout ?? ''
  } finally {
    await pool.end()
  }
}

/**
 * The stock adapter cuts a script at every semicolon, also inside function bodies. PostgreSQL takes a script whole, and
 * runs it as one transaction: a migration is applied entirely or not at all.
 */
class WholeScriptAdapter extends PrismaPg {
  override async connect() {
    const adapter = await super.connect()
    adapter.executeScript = async (script: string) => {
      await adapter.underlyingDriver().query(script)
    }
    return adapter
  }
}

let loaded: Promise<void> | undefined

/** Node 20 cannot import `.wasm` as a module, so the binding that the package ships is instantiated by hand. */
async function loadEngine(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm')
  const bytes = await readFile(join(dirname(entry), 'schema_engine_bg.wasm'))
  const imports = { './schema_engine_bg.js': engineModule } as unknown as WebAssembly.Imports
  const { instance } = await WebAssembly.instantiate(bytes, imports)
  engineModule.__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
}

async function openEngine(pool: Pool, schema: string): Promise<engineModule.SchemaEngine> {
  loaded ??= loadEngine()
  await loaded
  const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScriptAdapter(pool))
  return engineModule.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, adapter)
}

async function readMigrations(root: string) {
  const baseDir = join(root, 'prisma/migrations')
  const entries = await readdir(baseDir, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const migrationDirectories = await Promise.all(
    names.sort().map(async (path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: await readFile(join(baseDir, path, 'migration.sql'), 'utf8') },
      },
    })),
  )
  const lockfile = {
    path: 'migration_lock.toml',
    content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8'),
  }
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories }
}
