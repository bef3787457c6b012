import { createServer } from 'node:net'

/** Below all that systems give out by themselves: who listens on “any port”, or connects, is never given one of these. */
const FIRST = 20_000
const OF_ONE_WORKER = 500
/** Test files that run at the same time take theirs from ranges that have nothing in common. */
const start = FIRST + Number(process.env.VITEST_POOL_ID ?? 0) * OF_ONE_WORKER
// Another run on this machine has the same ranges, and hardly begins at the same place.
let taken = Math.floor(Math.random() * OF_ONE_WORKER)

/**
 * TCP ports of 127.0.0.1 that stay free until the caller listens on them, and again after it stopped.
 * @param count how many.
 */
export async function reservePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = start + (taken++ % OF_ONE_WORKER)
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
