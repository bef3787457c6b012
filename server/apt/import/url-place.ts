import { Readable } from 'node:stream'
import type { ImportPlace } from '@/server/apt/import/import-place'
import type { Context } from '@/server/context'
import { readSmall } from '@/server/images/read-small'
import { fetchBody } from '@/server/mirror/fetch-body'
import { upstreamAgent } from '@/server/mirror/upstream-agent'
import { statusFault } from '@/server/mirror/upstream-fault'
import { type Answer, askUpstream } from '@/server/mirror/upstream-request'
import { readRepresentation } from '@/server/mirror/upstream-response'
import { parseUri } from '@/server/mirror/uri'

const MAX_URL = 8192
const ABSENT = new Set([403, 404, 410])

/**
 * A repository on another server, read over connections that are guarded like all that fetches.
 * @param url of the directory above `dists` and `pool`.
 */
export function urlPlace(ctx: Context, url: string, signal: AbortSignal): ImportPlace {
  const base = url.replace(/\/+$/, '')
  const stallSeconds = ctx.env.ENTREPOT_FETCH_STALL_SECONDS
  const agent = upstreamAgent(ctx.env)
  const ask = async (path: string): Promise<Answer | undefined> => {
    const uri = parseUri(`${base}/${path.split('/').map(encodeURIComponent).join('/')}`, MAX_URL)
    const answer = await askUpstream(agent, { uri, signal, stallSeconds })
    if (answer.status === 200) return answer
    answer.close()
    // Servers over object storage say 403 of what is not there.
    if (ABSENT.has(answer.status)) return undefined
    throw statusFault(uri.host, answer, ctx.now())
  }
  return {
    name: base,
    width: ctx.env.ENTREPOT_FETCH_PER_HOST,
    async read(path, limit) {
      const answer = await ask(path)
      if (answer === undefined) return undefined
      try {
        return await readSmall(ctx, answer, limit)
      } finally {
        answer.close()
      }
    },
    async open(path) {
      const answer = await ask(path)
      if (answer === undefined) return undefined
      const representation = readRepresentation(answer.headers)
      const chunks = fetchBody({ agent, answer, representation, signal, stallSeconds })
      return { body: Readable.from(chunks, { objectMode: false }), close: () => answer.close() }
    },
  }
}
