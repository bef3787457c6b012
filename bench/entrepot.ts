import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { residentBytes, type Server, startServer } from '@/bench/programs'
import { recordBlob } from '@/server/blobs/store'
import { type OpenContext, openContext } from '@/server/context'
import { type EmbeddedDatabase, freePort, startEmbedded } from '@/server/database/embedded'
import { migrate } from '@/server/database/migrate'
import { childEnvironment, parseEnv } from '@/server/env'
import { logger } from '@/server/logger'
import { ensureAuthority, offeredCertificates } from '@/server/proxy/authority-store'

export interface Installation {
  ctx: OpenContext
  ports: { gateway: number; proxy: number }
  /** PEM of what clients trust. */
  ca: string
  /** Stores a body as a declared file. @returns its SHA-256. */
  store(uri: string, body: Buffer): Promise<string>
  /** Resident bytes of the worker. */
  memory(): number
  /** Another worker in place of this one, as it is after a start: with all its roles, or with these. */
  restart(roles?: string): Promise<void>
  stop(): Promise<void>
}

/** A worker with gateway, proxy and jobs, as it is built for production, over a database of its own. */
export async function startInstallation(
  directory: string,
  extra: Record<string, string> = {},
): Promise<Installation> {
  const data = join(directory, 'data')
  await mkdir(data, { recursive: true, mode: 0o711 })
  const database = await startEmbedded(join(data, 'postgres'), logger())
  await migrate(database.url, process.cwd())
  const ports = { gateway: await freePort(), proxy: await freePort() }
  const variables = {
    ENTREPOT_DATA: data,
    DATABASE_URL: database.url,
    ENTREPOT_SECRET: randomUUID() + randomUUID(),
    ENTREPOT_GATEWAY_PORT: String(ports.gateway),
    ENTREPOT_PROXY_PORT: String(ports.proxy),
    ENTREPOT_UPSTREAM_ALLOW: '127.0.0.0/8',
    ENTREPOT_LOG_LEVEL: 'warn',
    ...extra,
  }
  const env = parseEnv(variables)
  const secret = variables.ENTREPOT_SECRET
  const ctx = await openContext({ env, databaseUrl: database.url, secret, log: logger() })
  await ensureAuthority(ctx)
  const [ca = ''] = await offeredCertificates(ctx)
  const startWorker = (roles = 'gateway,proxy,jobs') => {
    const args = ['.build/worker.js', `--roles=${roles}`]
    return startServer(process.execPath, args, ports.proxy, {
      ...process.env,
      ...childEnvironment(variables),
    })
  }
  let worker = await startWorker()
  return {
    ctx,
    ports,
    ca,
    store: (uri, body) => store(ctx, uri, body),
    memory: () => residentBytes(worker.pid),
    async restart(roles) {
      await worker.stop()
      worker = await startWorker(roles)
    },
    stop: () => stop(worker, ctx, database),
  }
}

async function stop(worker: Server, ctx: OpenContext, database: EmbeddedDatabase): Promise<void> {
  await worker.stop()
  await ctx.close()
  await database.stop()
}

async function store(ctx: OpenContext, uri: string, body: Buffer): Promise<string> {
  const received = await ctx.blobs.receive(Readable.from([body]))
  await received.commit()
  const { sha256, size } = received
  await ctx.db.$transaction(async (tx) => {
    await recordBlob(tx, received)
    const { host } = new URL(uri)
    const stored = { state: 'stored' as const, sha256, size, storedAt: ctx.now() }
    await tx.file.create({ data: { uri, declaredUri: uri, host, ...stored } })
  })
  return sha256
}
