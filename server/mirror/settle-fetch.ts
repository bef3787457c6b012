import type { Context } from '@/server/context'
import { AppError, type ErrorCode, toAppError } from '@/server/errors'
import { retryDelay } from '@/server/mirror/retry-delay'
import { mayPass } from '@/server/mirror/upstream-fault'
import { RetryLater, type TaskRun } from '@/server/tasks/task'

/** What a file or an image shows after a fetch that did not succeed. */
export interface Setback {
  state: 'pending' | 'failed'
  errorCode?: ErrorCode
  error?: string
  nextAttemptAt?: Date
  attempts?: { decrement: 1 }
}

/**
 * Brings what was fetched into the state that its fault asks for: waiting for another attempt, or failed.
 * @param change writes it, and tells everybody.
 * @returns what to throw, so that the task follows.
 */
export async function settleFetch(
  ctx: Context,
  run: TaskRun,
  error: unknown,
  change: (setback: Setback) => Promise<void>,
): Promise<Error> {
  const fault = toAppError(error)
  if (run.signal.aborted) {
    // Nobody's fault: the attempt does not count. A cancelled task is brought to its end by `cancelled`.
    await change({ state: 'pending', attempts: { decrement: 1 } })
    return fault
  }
  if (fault.code === 'internal') ctx.log.error({ err: error }, 'a fetch failed inside')
  const { ENTREPOT_FETCH_ATTEMPTS: attempts } = ctx.env
  if (mayPass(fault) && run.attempt < attempts) return retryLater(ctx, run, fault, change)
  const given = mayPass(fault) && attempts > 1 ? ` Given up after ${run.attempt} attempts.` : ''
  const message = `${fault.message}${given}`
  await change({ state: 'failed', errorCode: fault.code, error: message })
  return new AppError(fault.code, message, { cause: fault })
}

async function retryLater(
  ctx: Context,
  run: TaskRun,
  fault: AppError,
  change: (setback: Setback) => Promise<void>,
): Promise<RetryLater> {
  const { ENTREPOT_FETCH_RETRY_SECONDS: baseSeconds } = ctx.env
  const { retryAfter } = fault
  const delay = retryDelay({ attempt: run.attempt, baseSeconds, retryAfter, random: Math.random })
  const at = new Date(ctx.now().getTime() + delay)
  const { code: errorCode, message: error } = fault
  await change({ state: 'pending', errorCode, error, nextAttemptAt: at })
  return new RetryLater(at, error, fault)
}
