import type { Pool, PoolClient } from 'pg'

type Done = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release?: (error?: Error) => void,
) => void

/**
 * The same connections, for the job queue. When its LISTEN connection breaks while the queue stops, graphile-worker gives
 * it back twice, the second time where nobody can catch the error; here the second time does nothing. Nor does it
 * from a pool that is closed, which lends nothing that could be given back.
 */
export function queuePool(pool: Pool): Pool {
  const connect = (done?: Done) => {
    if (done === undefined) return pool.connect()
    return pool.connect((error, client, release) => {
      let isReleased = false
      done(error, client, (reason) => {
        if (isReleased) return
        isReleased = true
        release?.(reason)
      })
    })
  }
  return Object.create(pool, { connect: { value: connect } })
}
