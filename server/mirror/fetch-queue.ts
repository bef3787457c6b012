import { createHash } from 'node:crypto'
import type { Env } from '@/server/env'

/**
 * The queue a fetch waits in. Tasks of one queue run one after the other, and a host has `ENTREPOT_FETCH_PER_HOST` of
 * them, so no host is asked for more files than that at once, by however many processes. A file always has the same queue.
 * @param host as `parseUri` gives it.
 */
export function fetchQueue(env: Env, host: string, fileId: string): string {
  const slot = createHash('sha256').update(fileId).digest().readUInt32BE(0) % env.ENTREPOT_FETCH_PER_HOST
  // Queue names have at most 128 characters; a host may have more.
  const name = host.length <= 100 ? host : createHash('sha256').update(host).digest('hex')
  return `fetch ${name} ${slot}`
}
