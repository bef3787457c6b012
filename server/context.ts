import type { Pool } from 'pg'
import type { BlobStore } from '@/server/blobs/store'
import { openBlobStore } from '@/server/blobs/store'
import { type Db, openDatabase } from '@/server/db'
import type { Env } from '@/server/env'
import type { Logger } from '@/server/logger'
import { type Clusters, openClusters } from '@/server/storage/clusters'
import type { StorageDriver } from '@/server/storage/driver'
import { openStorage } from '@/server/storage/open'

/** What every use case is given: the world, and nothing global. */
export interface Context {
  env: Env
  db: Db
  /** The connections behind `db`, for LISTEN and bulk SQL. */
  pool: Pool
  storage: StorageDriver
  blobs: BlobStore
  /** Where what is pushed to the registry is kept. */
  clusters: Clusters
  log: Logger
  now: () => Date
  /** Secret shared by all instances: signs sessions, encrypts credentials. */
  secret: string
  /** Of the request being answered, if any. */
  requestId?: string
}

export interface OpenContext extends Context {
  /** Ends the connections. */
  close(): Promise<void>
}

interface Composition {
  env: Env
  databaseUrl: string
  secret: string
  log: Logger
}

/** The only composition of the parts; the supervisor, each worker, web and the tests all start here. */
export async function openContext({ env, databaseUrl, secret, log }: Composition): Promise<OpenContext> {
  const { db, pool, close } = openDatabase(databaseUrl)
  const storage = await openStorage(env)
  const blobs = openBlobStore(storage, db)
  const clusters = await openClusters(env, storage)
  return { env, db, pool, storage, blobs, clusters, log, secret, now: () => new Date(), close }
}
