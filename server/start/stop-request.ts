export interface StopRequest {
  /** Settles at the first request. */
  requested: Promise<'stopped'>
  /** Aborted at the second: whoever asks twice does not want to wait. */
  hurry: AbortSignal
}

/** One key press may come as two signals: from the terminal, and again from npm. */
const SAME_REQUEST_MS = 400

/**
 * Listens for SIGINT, SIGTERM and SIGHUP. The third request ends the process where it is.
 * @param onFirst called at the first.
 */
export function onStopRequest(onFirst: () => void): StopRequest {
  const hurry = new AbortController()
  let count = 0
  let last = 0
  const requested = new Promise<'stopped'>((resolve) => {
    const ask = () => {
      const now = performance.now()
      const isEcho = count > 0 && now - last < SAME_REQUEST_MS
      last = now
      if (isEcho) return
      count += 1
      if (count === 1) onFirst()
      if (count === 2) hurry.abort()
      if (count > 2) process.exit(130)
      resolve('stopped')
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  })
  return { requested, hurry: hurry.signal }
}
