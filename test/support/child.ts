import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Context } from '@/server/context'

export type Child = ChildProcessByStdio<null, Readable, null>

/**
 * Another process with the same database, data directory and settings as the test, from a script of test/support.
 * Settles with its first output, which such scripts write when they are where the test wants them.
 */
export async function startChild(ctx: Context, script: string): Promise<{ child: Child; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', `test/support/${script}`], {
    env: {
      ...process.env,
      NODE_ENV: 'test',
      DATABASE_URL: ctx.pool.options.connectionString ?? '',
      ENTREPOT_SECRET: ctx.secret,
      ENTREPOT_DATA: ctx.env.ENTREPOT_DATA,
      ENTREPOT_UPSTREAM_ALLOW: ctx.env.ENTREPOT_UPSTREAM_ALLOW.join(' '),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended with ${code}`)
  })
  const [output] = await Promise.race([once(child.stdout, 'data'), died])
  died.catch(() => undefined)
  return { child, output: String(output).trim() }
}

/** Ends it as a power cut would. */
export async function kill(child: Child): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
