import type { YtClient } from '@/server/yt/client'
import { YT, YtError } from '@/server/yt/yt-error'

/** A transaction that is kept alive. */
export interface YtTransaction {
  id: string
  /** Aborted, with the YtError as its reason, when the cluster no longer knows the transaction. */
  lost: AbortSignal
}

/**
 * Does work inside a transaction, which is pinged meanwhile, committed at the end, and aborted when the work fails. Should
 * this process die, the cluster aborts it when its time is over.
 * @param title for people who look at the cluster.
 * @throws what the work throws; YtError when the transaction was lost.
 */
export async function inTransaction<Result>(
  client: YtClient,
  title: string,
  work: (transaction: YtTransaction) => Promise<Result>,
): Promise<Result> {
  const id = await client.startTransaction(title)
  const lost = new AbortController()
  const ping = setInterval(() => {
    client.pingTransaction(id).catch((error) => {
      // A ping that fails on its way is followed by another one before the time is over.
      if (error instanceof YtError && error.has(YT.noTransaction)) lost.abort(error)
    })
  }, client.times.ping)
  try {
    const result = await work({ id, lost: lost.signal })
    await client.commitTransaction(id)
    return result
  } catch (error) {
    await client.abortTransaction(id).catch(() => undefined)
    throw lost.signal.aborted ? lost.signal.reason : error
  } finally {
    clearInterval(ping)
  }
}
