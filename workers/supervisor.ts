import { join } from 'node:path'
import { startEmbedded } from '@/server/database/embedded'
import { type Env, env } from '@/server/env'
import { loggerTo } from '@/server/logger'
import { takeDataDirectory } from '@/server/start/data-directory'
import { openLogSink } from '@/server/start/log-sink'
import { explain } from '@/server/start/parent'
import { choosePorts } from '@/server/start/ports'
import { ensureSecret } from '@/server/start/secret'
import { onStopRequest } from '@/server/start/stop-request'
import { type End, type Installation, type Programs, serve } from '@/workers/serve'

const BAD_ENVIRONMENT = 2
const say = (sentence: string) => void process.stderr.write(`${sentence}\n`)

/**
 * Runs all of Entrepôt until it is asked to stop: data directory, database, `web` and `worker`.
 * @returns the exit code; what went wrong has been said.
 */
export async function supervise(programs: Programs): Promise<number> {
  // Whoever reads what is said may leave; that is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const stop = onStopRequest(() => say('Stopping …'))
  let given: Env
  try {
    given = env()
  } catch (error) {
    say(explain(error))
    return BAD_ENVIRONMENT
  }
  try {
    say('Starting …')
    const { ENTREPOT_DATA: data, ENTREPOT_SECRET } = given
    const giveBack = await takeDataDirectory(data)
    const settings = await choosePorts(given)
    const secret = ENTREPOT_SECRET ?? (await ensureSecret(data))
    const sink = openLogSink(data)
    const log = loggerTo({ write: (line: string) => sink.write(line.trimEnd()) })
    await serveUntilStopped({ programs, settings, secret, sink, log, stop, say, greeting: 'summary' })
    await giveBack()
    return 0
  } catch (error) {
    say(explain(error))
    return 1
  }
}

/** When the embedded database ends unasked, all that depends on it is started again with it. */
async function serveUntilStopped(installation: Installation): Promise<void> {
  const { DATABASE_URL } = installation.settings
  if (DATABASE_URL !== undefined) {
    await serve(installation, DATABASE_URL, new Promise(() => undefined))
    return
  }
  let end = await serveEmbedded(installation)
  while (end === 'database lost') {
    say('PostgreSQL ended; starting it again, and all that needs it.')
    end = await serveEmbedded({ ...installation, greeting: 'back again' })
  }
}

async function serveEmbedded(installation: Installation): Promise<End> {
  const { settings, log } = installation
  const database = await startEmbedded(join(settings.ENTREPOT_DATA, 'postgres'), log)
  try {
    return await serve(
      installation,
      database.url,
      database.ended.then(() => 'database lost'),
    )
  } finally {
    await database.stop()
  }
}
