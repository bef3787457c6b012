import { type OpenContext, openContext } from '@/server/context'
import { env } from '@/server/env'
import { AppError } from '@/server/errors'
import { listen, type Notices } from '@/server/events'
import { logger } from '@/server/logger'

export interface Runtime {
  ctx: OpenContext
  notices: Notices
  close(): Promise<void>
}

/**
 * Opens what a process needs from its environment. The supervisor hands `DATABASE_URL` and `ENTREPOT_SECRET` to its
 * children; processes started apart get them from their operator.
 * @throws AppError `unavailable` when one of the two is missing.
 */
export async function openRuntime(): Promise<Runtime> {
  const settings = env()
  const { DATABASE_URL: databaseUrl, ENTREPOT_SECRET: secret } = settings
  if (!databaseUrl || !secret) {
    throw new AppError(
      'unavailable',
      'Set DATABASE_URL and ENTREPOT_SECRET, or start everything with `npm start`.',
    )
  }
  const ctx = await openContext({ env: settings, databaseUrl, secret, log: logger() })
  const notices = await listen(ctx.pool, ctx.log)
  return {
    ctx,
    notices,
    async close() {
      await notices.close()
      await ctx.close()
    },
  }
}

const shared = globalThis as { entrepotRuntime?: Promise<Runtime> }

/** The one runtime of a web process; survives the module reloads of development. A start that failed is tried again. */
export function runtime(): Promise<Runtime> {
  shared.entrepotRuntime ??= openRuntime().catch((error) => {
    shared.entrepotRuntime = undefined
    throw error
  })
  return shared.entrepotRuntime
}
