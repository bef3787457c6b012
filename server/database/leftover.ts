import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@/server/logger'

const PATIENCE_MS = 120_000
const ORPHAN_PATIENCE_MS = 10_000
const POLL_MS = 50

/**
 * Ends the server that outlived its parent (kill -9), in order; then the cluster has no process left and its pid file
 * goes, which would otherwise stop the next start where the pid was given to another program since.
 * The caller holds the lock of the data directory, so no living parent can be concerned.
 * @throws Error when the server does not stop within two minutes.
 */
export async function stopLeftover(cluster: string, log: Logger): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const postmaster = Number((await readFile(pidFile, 'utf8')).split('\n')[0])
  if ((await processesOf(cluster, postmaster)).includes(postmaster)) {
    log.warn({ postmaster }, 'a PostgreSQL server of an earlier run is still up; stopping it')
    process.kill(postmaster, 'SIGINT')
    if (!(await allGone(() => processesOf(cluster, postmaster), PATIENCE_MS)))
      throw new Error(`PostgreSQL ${postmaster} of an earlier run does not stop.`)
  }
  await endOrphans(cluster, postmaster)
  await rm(pidFile, { force: true })
}

/**
 * Ends what works in a cluster without a postmaster. Backends go by themselves soon after theirs; one that is busy is
 * killed, and the next start recovers.
 */
export async function endOrphans(cluster: string, postmaster: number): Promise<void> {
  const left = () => processesOf(cluster, postmaster)
  if (await allGone(left, ORPHAN_PATIENCE_MS)) return
  for (const pid of await left()) signal(pid, 'SIGKILL')
  if (!(await allGone(left, ORPHAN_PATIENCE_MS)))
    throw new Error(`Processes of an earlier PostgreSQL do not end: ${(await left()).join(', ')}.`)
}

async function allGone(left: () => Promise<number[]>, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs
  while ((await left()).length > 0) {
    if (Date.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return true
}

/**
 * Pids that work in the cluster. Every PostgreSQL process has it as working directory, which no recycled pid has.
 * Without /proc only the postmaster can be asked for.
 */
async function processesOf(cluster: string, postmaster: number): Promise<number[]> {
  if (process.platform !== 'linux') return signal(postmaster, 0) ? [postmaster] : []
  const home = await stat(cluster)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const within = await Promise.all(
    pids.map(async (pid) => {
      const at = await stat(`/proc/${pid}/cwd`).catch(() => undefined)
      return at?.ino === home.ino && at.dev === home.dev
    }),
  )
  return pids.filter((_, index) => within[index])
}

/** False when there is no such process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, name)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
