import { Pool } from 'pg'
import { Prisma, PrismaClient } from '@/prisma/client/client'
import { OneAtATimeAdapter } from '@/server/database/one-at-a-time'

export type Db = PrismaClient
/** A client that may be inside a transaction: what every function takes that can join one. */
export type Tx = Prisma.TransactionClient

export interface Database {
  db: Db
  /** The same pool, for LISTEN, COPY and the job queue. */
  pool: Pool
  close(): Promise<void>
}

/** Connections that stay open once they are: a new one has to learn every table again, which takes longer than most requests. */
const KEPT_OPEN = 4

/**
 * Opens the one connection pool of a process.
 * @param url PostgreSQL URL; `?schema=` selects the schema.
 * @param connections upper bound of open connections.
 */
export function openDatabase(url: string, connections = 12): Database {
  const pool = new Pool({
    ...{ connectionString: url, max: connections, application_name: 'entrepot' },
    min: Math.min(KEPT_OPEN, connections),
    // Prisma drops the offset of an instant that a raw query gives, and takes the rest for UTC; PostgreSQL writes it in the zone
    // of its machine or of its configuration.
    onConnect: (client) => client.query("SET TIME ZONE 'UTC'"),
  })
  // An idle connection that the server closes must not end the process; the pool opens another.
  pool.on('error', () => undefined)
  // The same for one that breaks while it is borrowed: whoever borrowed it learns of it from the query that fails.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new PrismaClient({
    adapter: new OneAtATimeAdapter(pool, { disposeExternalPool: false }),
    omit: { user: { passwordHash: true }, apiToken: { hash: true } },
    transactionOptions: { maxWait: 10_000, timeout: 60_000 },
  })
  return {
    db: db as unknown as Db,
    pool,
    async close() {
      await db.$disconnect()
      await pool.end()
    },
  }
}

/** True when the error is the unique constraint over exactly this field. */
export function isUniqueViolation(error: unknown, field?: string): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002') return false
  return field === undefined || JSON.stringify(error.meta ?? {}).includes(field)
}

export { Prisma }
