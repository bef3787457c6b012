import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { build } from 'esbuild'
import { afterAll } from 'vitest'
import { bundleOptions } from '@/scripts/setup/programs.mjs'
import type { Context } from '@/server/context'

export interface BuiltChild {
  pid: number
  /** Its first output. */
  output: string
  /** Ends it as a power cut would, and waits until the database has ended what it had begun. */
  kill(): Promise<void>
}

export interface ChildFactory {
  /** The next process; another one is started meanwhile. */
  next(): Promise<BuiltChild>
}

/**
 * Processes of a script of test/support, which is bundled once: they start in a third of the time, for tests that kill a hundred.
 * @param ahead how many wait, started.
 */
export async function builtChildren(ctx: Context, script: string, ahead = 2): Promise<ChildFactory> {
  const place = `.build/test-${randomUUID()}`
  await build(bundleOptions({ child: `test/support/${script}` }, place))
  const processes = new Set<ChildProcessByStdio<null, Readable, null>>()
  afterAll(async () => {
    for (const child of processes) child.kill('SIGKILL')
    await rm(place, { recursive: true, force: true })
  })

  async function start(): Promise<BuiltChild> {
    const child = spawn(process.execPath, [join(place, 'child.js')], {
      env: {
        ...process.env,
        NODE_ENV: 'test',
        DATABASE_URL: ctx.pool.options.connectionString ?? '',
        ENTREPOT_SECRET: ctx.secret,
        ENTREPOT_DATA: ctx.env.ENTREPOT_DATA,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    processes.add(child)
    const gone = once(child, 'exit').then(() => processes.delete(child))
    const [output] = await Promise.race([
      once(child.stdout, 'data'),
      gone.then(() => Promise.reject(new Error(`${script} ended with ${child.exitCode}`))),
    ])
    return {
      pid: child.pid as number,
      output: String(output).trim(),
      async kill() {
        child.kill('SIGKILL')
        await gone
        await endOfTransactions(ctx)
      },
    }
  }

  const waiting = Array.from({ length: ahead }, start)
  for (const one of waiting) one.catch(() => undefined)
  return {
    next() {
      const following = start()
      following.catch(() => undefined)
      waiting.push(following)
      return waiting.shift() as Promise<BuiltChild>
    },
  }
}

/** A statement that was under way when its client died goes on until it is done, and commits if it was that. */
async function endOfTransactions(ctx: Context): Promise<void> {
  for (;;) {
    const { rows } = await ctx.pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND backend_type = 'client backend' AND state <> 'idle'`,
    )
    if (rows.length === 0) return
  }
}
