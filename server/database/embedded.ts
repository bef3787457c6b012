import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { endOrphans, stopLeftover } from '@/server/database/leftover'
import { chooseHome, clusterArgument, type PostgresHome } from '@/server/database/postgres-home'
import type { Logger } from '@/server/logger'

export interface EmbeddedDatabase {
  url: string
  /** Settles when the server has ended, wanted or not. */
  ended: Promise<void>
  /** Stops the server in order (fast shutdown with a checkpoint). Safe to call twice. */
  stop(): Promise<void>
}

const DATABASE = 'entrepot'
const START_TIMEOUT_MS = 120_000
/** Between asking for a free port and taking it, another process may take it. */
const PORT_ATTEMPTS = 5
/** SQLSTATE while the server recovers from its log, which may take as long as it must. */
const STARTING_UP = '57P03'
/** SQLSTATE classes of failures that waiting does not mend: the password, the rights. */
const HOPELESS = /^(28|42)/

/**
 * Starts the PostgreSQL that comes with Entrepôt, on loopback and a free port, creating the cluster at first use.
 * After a kill the server recovers from its own log; a server that outlived its parent is stopped first.
 * @param directory where cluster and password live.
 * @param flags further `postgres` flags, e.g. `['-c', 'fsync=off']` for throw-away databases.
 * @throws Error with the server's last words when it does not come up.
 */
export async function startEmbedded(
  directory: string,
  log: Logger,
  flags: string[] = [],
): Promise<EmbeddedDatabase> {
  await mkdir(directory, { recursive: true })
  const home = await chooseHome(directory)
  const password = await readPassword(directory)
  await stopLeftover(home.cluster, log)
  if (!existsSync(join(home.cluster, 'PG_VERSION'))) await createCluster(home, password)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const server = launch(home, port, log, flags)
    const url = `postgresql://entrepot:${password}@127.0.0.1:${port}/${DATABASE}`
    try {
      await waitUntilReady(url, server)
      return { url, ended: server.ended, stop: () => stop(server) }
    } catch (error) {
      await stop(server)
      const lostPort = server.lastWords.some((line) => line.includes('could not bind'))
      if (!lostPort || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

interface Server {
  process: ChildProcess
  ended: Promise<void>
  lastWords: string[]
}

function launch(home: PostgresHome, port: number, log: Logger, flags: string[]): Server {
  const settings = ['listen_addresses=127.0.0.1', 'max_connections=200', 'unix_socket_directories=']
  const options = settings.flatMap((setting) => ['-c', setting])
  const child = spawn(
    home.postgres,
    ['-D', clusterArgument(home.cluster), '-p', String(port), ...options, ...flags],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      // Its own process group: Ctrl-C reaches the supervisor, which stops PostgreSQL last.
      detached: true,
      cwd: home.cluster,
      ...home.identity,
    },
  )
  const lastWords: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter(Boolean)) {
      log.debug({ postgres: line }, 'postgres')
      lastWords.push(line)
      if (lastWords.length > 20) lastWords.shift()
    }
  })
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve())
    child.on('error', (error) => {
      lastWords.push(error.message)
      resolve()
    })
  })
  return { process: child, ended, lastWords }
}

async function waitUntilReady(url: string, server: Server): Promise<void> {
  let over = false
  void server.ended.then(() => {
    over = true
  })
  const deadline = Date.now() + START_TIMEOUT_MS
  for (;;) {
    if (over) throw new Error(`PostgreSQL did not start:\n${server.lastWords.join('\n')}`)
    try {
      return await ensureDatabase(url)
    } catch (error) {
      const state = (error as { code?: string }).code ?? ''
      const isLate = state !== STARTING_UP && Date.now() > deadline
      if (isLate || HOPELESS.test(state)) throw new Error('PostgreSQL does not answer.', { cause: error })
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
}

async function stop(server: Server): Promise<void> {
  if (server.process.exitCode === null && server.process.signalCode === null) server.process.kill('SIGINT')
  await server.ended
}

/** A cluster cut off while being made is no cluster, so it is made beside its place and moved there whole. */
async function createCluster(home: PostgresHome, password: string): Promise<void> {
  const draft = `${home.cluster}.new`
  const passwordFile = `${home.cluster}.password`
  if (existsSync(draft)) await endOrphans(draft, 0)
  await rm(draft, { recursive: true, force: true })
  await rm(home.cluster, { recursive: true, force: true })
  await mkdir(draft, { recursive: true, mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (home.identity) {
    await chown(draft, home.identity.uid, home.identity.gid)
    await chown(passwordFile, home.identity.uid, home.identity.gid)
  }
  await initialise(home, draft, passwordFile)
  await rm(passwordFile)
  await rename(draft, home.cluster)
}

/** The password comes as open standard input: its name may lie where the server's user cannot walk. */
async function initialise(home: PostgresHome, draft: string, passwordFile: string): Promise<void> {
  const input = await open(passwordFile, 'r')
  const flags = ['--username=entrepot', '--pwfile=/dev/stdin', '--auth=scram-sha-256', '--encoding=UTF8']
  const child = spawn(
    home.initdb,
    ['-D', clusterArgument(draft), ...flags, '--locale=C', '--no-instructions'],
    { stdio: [input.fd, 'ignore', 'pipe'], detached: true, cwd: draft, ...home.identity },
  )
  try {
    await new Promise<void>((resolve, reject) => {
      let said = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
      child.on('error', reject)
      child.on('close', (code) =>
        code === 0 ? resolve() : reject(new Error(`The database cannot be created: ${said}`)),
      )
    })
  } finally {
    await input.close()
  }
}

async function readPassword(directory: string): Promise<string> {
  const file = join(directory, 'password')
  if (!existsSync(file)) {
    const handle = await open(`${file}.new`, 'w', 0o600)
    await handle.writeFile(randomBytes(24).toString('base64url'))
    await handle.sync()
    await handle.close()
    await rename(`${file}.new`, file)
  }
  return (await readFile(file, 'utf8')).trim()
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url.replace(/\/[^/]+$/, '/postgres') })
  await client.connect()
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  } finally {
    await client.end()
  }
}

/** A TCP port of 127.0.0.1 that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
