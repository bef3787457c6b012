import type { Context } from '@/server/context'
import type { Db } from '@/server/db'

interface Kept<Value> {
  value: Promise<Value>
  freshUntil: number
  isRenewing: boolean
}

/**
 * Keeps the last answer of a slow question, one for each database. While it is fresh it is given again; when it is not,
 * it is given a last time while the next one is found out. Only the first one to ask waits.
 * @param ask finds the answer out.
 * @param freshFor how long this answer is fresh, which took so long; both in milliseconds. With 0 it is not kept.
 */
export function remember<Value>(
  ask: (ctx: Context) => Promise<Value>,
  freshFor: (tookMs: number, value: Value) => number,
): (ctx: Context) => Promise<Value> {
  const answers = new WeakMap<Db, Kept<Value>>()

  async function askAndKeep(ctx: Context): Promise<Value> {
    const started = ctx.now().getTime()
    const value = await ask(ctx)
    const ended = ctx.now().getTime()
    const fresh = freshFor(ended - started, value)
    if (fresh > 0) {
      answers.set(ctx.db, { value: Promise.resolve(value), freshUntil: ended + fresh, isRenewing: false })
    } else answers.delete(ctx.db)
    return value
  }

  return (ctx) => {
    const last = answers.get(ctx.db)
    if (last) {
      if (ctx.now().getTime() >= last.freshUntil && !last.isRenewing) {
        last.isRenewing = true
        askAndKeep(ctx).catch((error) => {
          last.isRenewing = false
          ctx.log.warn({ err: error }, 'an answer that is kept could not be renewed')
        })
      }
      return last.value
    }
    const value = askAndKeep(ctx)
    answers.set(ctx.db, { value, freshUntil: Number.POSITIVE_INFINITY, isRenewing: false })
    value.catch(() => answers.delete(ctx.db))
    return value
  }
}
