import { join } from 'node:path'
import { openContext } from '@/server/context'
import { migrate } from '@/server/database/migrate'
import { childEnvironment, type Env, publicUrl } from '@/server/env'
import { listen } from '@/server/events'
import type { Logger } from '@/server/logger'
import { ensureAuthority } from '@/server/proxy/authority-store'
import { writeCaFile } from '@/server/start/ca-file'
import { Child } from '@/server/start/child'
import { ensureFirstSignIn, type FirstSignIn } from '@/server/start/first-sign-in'
import type { LogSink } from '@/server/start/log-sink'
import { untilAnswers } from '@/server/start/readiness'
import { noteRunning } from '@/server/start/running'
import type { StopRequest } from '@/server/start/stop-request'
import { summary } from '@/server/start/summary'
import { abandonedAfterMs, sweepLeftovers } from '@/server/start/sweep'

/** Where the programs are that the supervisor starts. */
export interface Programs {
  /** The directory of package.json. */
  root: string
  /** Of the bundles, below the root. */
  directory: string
  /** Given the children whenever they were started, to replace one when its code changes. */
  onChildren?: (children: Children) => void
}

export interface Children {
  web: Child
  worker: Child
}

/** All that stays the same from the start of the supervisor to its end. */
export interface Installation {
  programs: Programs
  settings: Env
  secret: string
  sink: LogSink
  log: Logger
  stop: StopRequest
  /** How the person at the terminal is told that all is up. */
  greeting: 'summary' | 'back again'
  /** Says a sentence to the person at the terminal. */
  say: (sentence: string) => void
}

/** Why the serving ended: somebody asked for it, or the database went away. */
export type End = 'stopped' | 'database lost'

const GRACE_MS = 15_000
/** Without its database a worker can finish nothing. */
const GRACE_WITHOUT_DATABASE_MS = 2000

/**
 * Brings the database up to date, makes what the first start needs, and runs `web` and `worker` until the end; prints
 * the summary when all of them answer.
 * @param lost settles when the database goes away.
 */
export async function serve(installation: Installation, url: string, lost: Promise<End>): Promise<End> {
  const { programs, settings, secret, log } = installation
  await migrate(url, programs.root)
  const ctx = await openContext({ env: settings, databaseUrl: url, secret, log })
  const notices = await listen(ctx.pool, log)
  try {
    const signIn = await ensureFirstSignIn(ctx)
    await ensureAuthority(ctx)
    const caFile = await writeCaFile(ctx)
    notices.on('authority', () => {
      writeCaFile(ctx).catch((error) => log.warn({ err: error }, 'ca.crt was not brought up to date'))
    })
    // Beside an embedded database nobody else can be writing.
    await sweepLeftovers(ctx, settings.DATABASE_URL === undefined ? 0 : abandonedAfterMs(ctx))
    return await runChildren(installation, { url, lost, signIn, caFile })
  } finally {
    await notices.close()
    await ctx.close()
  }
}

interface Term {
  url: string
  lost: Promise<End>
  signIn: FirstSignIn | undefined
  caFile: string
}

async function runChildren(installation: Installation, term: Term): Promise<End> {
  const { stop, settings } = installation
  const children = startChildren(installation, term.url)
  const over = new AbortController()
  let end: End | undefined
  try {
    const ended = Promise.race([stop.requested, term.lost])
    end = await Promise.race([ended, untilReady(children, settings, over.signal)])
    if (end) return end
    const forget = await announce(installation, term)
    end = await ended
    await forget()
    return end
  } finally {
    over.abort()
    const grace = end === 'database lost' ? GRACE_WITHOUT_DATABASE_MS : GRACE_MS
    await Promise.all(Object.values(children).map((child: Child) => child.stop(grace, stop.hurry)))
  }
}

function startChildren(installation: Installation, url: string): Children {
  const { programs, settings, secret, sink, say } = installation
  const environment = childEnvironment({
    NEXT_TELEMETRY_DISABLED: '1',
    DATABASE_URL: url,
    ENTREPOT_SECRET: secret,
    ENTREPOT_DATA: settings.ENTREPOT_DATA,
    ENTREPOT_WEB_PORT: String(settings.ENTREPOT_WEB_PORT),
    ENTREPOT_GATEWAY_PORT: String(settings.ENTREPOT_GATEWAY_PORT),
    ENTREPOT_PROXY_PORT: String(settings.ENTREPOT_PROXY_PORT),
    ENTREPOT_DMOVE_PORT: String(settings.ENTREPOT_DMOVE_PORT),
  })
  const start = (title: string, name: string, ...args: string[]) =>
    new Child({
      title,
      args: ['--enable-source-maps', join(programs.root, programs.directory, `${name}.js`), ...args],
      cwd: programs.root,
      env: { ...environment, NODE_ENV: settings.NODE_ENV },
      log: (line) => sink.write(line),
      say,
    })
  const children = {
    web: start('The portal', 'web'),
    worker: start('The worker', 'worker', '--roles=gateway,proxy,dmove,jobs'),
  }
  programs.onChildren?.(children)
  return children
}

async function untilReady({ web, worker }: Children, settings: Env, signal: AbortSignal): Promise<undefined> {
  await Promise.all([web.ready, worker.ready])
  const { ENTREPOT_WEB_PORT, ENTREPOT_GATEWAY_PORT, ENTREPOT_PROXY_PORT, ENTREPOT_DMOVE_PORT } = settings
  const ports = [ENTREPOT_WEB_PORT, ENTREPOT_GATEWAY_PORT, ENTREPOT_PROXY_PORT, ENTREPOT_DMOVE_PORT]
  await Promise.all(ports.map((port) => untilAnswers(settings.ENTREPOT_HOST, port, signal)))
}

/** Prints the summary and leaves the note for others on this machine. @returns how to take the note back. */
async function announce({ settings, sink, greeting, say }: Installation, { url, signIn, caFile }: Term) {
  const forget = await noteRunning(settings.ENTREPOT_DATA, {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    dataDirectory: settings.ENTREPOT_DATA,
    databaseUrl: url,
    portal: publicUrl(settings),
    host: settings.ENTREPOT_HOST,
    ports: {
      ENTREPOT_WEB_PORT: settings.ENTREPOT_WEB_PORT,
      ENTREPOT_GATEWAY_PORT: settings.ENTREPOT_GATEWAY_PORT,
      ENTREPOT_PROXY_PORT: settings.ENTREPOT_PROXY_PORT,
      ENTREPOT_DMOVE_PORT: settings.ENTREPOT_DMOVE_PORT,
    },
  })
  if (greeting === 'summary')
    process.stdout.write(summary({ env: settings, signIn, caFile, logFile: sink.path }))
  else say('Everything is back.')
  await signIn?.shown()
  return forget
}
