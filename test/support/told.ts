import { randomUUID } from 'node:crypto'
import type { Context } from '@/server/context'
import { type Notices, notify } from '@/server/events'

/**
 * Settles when a process has heard of all that was committed before: PostgreSQL keeps notices in order, and this sends one more, of
 * a topic that makes no listener of the registry forget anything.
 */
export async function told(ctx: Context, notices: Notices): Promise<void> {
  const own = randomUUID()
  const heard = new Promise<void>((resolve) => {
    const stop = notices.on('authority', (id) => {
      if (id !== own) return
      stop()
      resolve()
    })
  })
  await notify(ctx.db, { topic: 'authority', id: own })
  await heard
}
