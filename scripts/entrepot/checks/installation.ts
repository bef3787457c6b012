import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { bad, type Check, good, reasonOf, unknown } from '@/scripts/entrepot/checks/finding'
import { type Connection, root } from '@/scripts/entrepot/connection'
import { reachableAddress } from '@/server/start/readiness'

const TIMEOUT_MS = 5000
const LARGEST_SKEW_MS = 5000
const elsewhere = unknown('only known where it runs (same machine, same user)')

export const gateway: Check = {
  name: 'Gateway',
  async run({ local, settings }) {
    if (!local) return elsewhere
    const port = local.ports.ENTREPOT_GATEWAY_PORT ?? settings.ENTREPOT_GATEWAY_PORT
    const host = reachableAddress(local.host)
    const at = `${host.includes(':') ? `[${host}]` : host}:${port}`
    try {
      const answer = await fetch(`http://${at}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      return answer.ok ? good(at) : bad(`${at} answers ${answer.status}`, 'The log of the worker says why.')
    } catch (error) {
      return bad(`${at}: ${reasonOf(error)}`, 'Check that the worker runs with the role gateway.')
    }
  },
}

export const database: Check = {
  name: 'Database',
  async run(connection) {
    const url = databaseUrl(connection)
    if (url === undefined) return elsewhere
    const client = new Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS })
    try {
      await client.connect()
      return await inspect(client)
    } catch (error) {
      return bad(reasonOf(error), 'Check DATABASE_URL; the embedded one is started by `npm start`.')
    } finally {
      await client.end().catch(() => undefined)
    }
  },
}

async function inspect(client: Client) {
  const { rows } = await client.query<{ version: string; now: Date; applied: string[] }>(
    `SELECT current_setting('server_version') AS version, clock_timestamp() AS now,
       (SELECT array_agg(migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL) AS applied`,
  )
  const [row] = rows
  const skew = Math.abs((row?.now.getTime() ?? 0) - Date.now())
  if (skew > LARGEST_SKEW_MS)
    return bad(`its clock is ${Math.round(skew / 1000)} s away`, 'Let both machines keep time (NTP).')
  const entries = await readdir(join(root, 'prisma/migrations'), { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const missing = names.filter((name) => !row?.applied.includes(name))
  if (missing.length > 0)
    return bad(`lacks ${missing.join(', ')}`, 'Start Entrepôt again; it applies what is missing.')
  return good(`PostgreSQL ${row?.version}, up to date`)
}

function databaseUrl({ local, settings }: Connection): string | undefined {
  return settings.DATABASE_URL ?? local?.databaseUrl
}
