import type { Context } from '@/server/context'

/** Longer, and whoever asks would rather ask another instance. */
const TIMEOUT_MS = 3_000

/** Whether this process can do its work: database and storage answer. One line for each that does not. */
export async function readiness(ctx: Context): Promise<{ status: number; text: string }> {
  const checks = {
    database: () => ctx.db.$queryRaw`SELECT 1`,
    // Any key: what counts is that storage can tell.
    storage: () => ctx.storage.stat('readiness'),
  }
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await withTimeout(check())
        return undefined
      } catch (error) {
        ctx.log.warn({ err: error, check: name }, 'not ready')
        return `${name} does not answer`
      }
    }),
  )
  const faults = results.filter((fault) => fault !== undefined)
  return faults.length === 0
    ? { status: 200, text: 'ready\n' }
    : { status: 503, text: `${faults.join('\n')}\n` }
}

async function withTimeout(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
