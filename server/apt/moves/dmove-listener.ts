import type { IncomingMessage, ServerResponse } from 'node:http'
import { DmoveAnswerer } from '@/server/apt/moves/answer-dmove'
import { DmoveUpstream } from '@/server/apt/moves/dmove-upstream'
import type { Context } from '@/server/context'
import { type Answer, textAnswer, withoutBody } from '@/server/http/answer'
import { Delivery } from '@/server/http/deliver'
import type { Eventually } from '@/server/http/eventually'
import { limits, openHttpServer } from '@/server/http/hardened-server'
import { type Incoming, incomingOf } from '@/server/http/incoming'
import { countAnswer, type Metrics } from '@/server/http/metrics'
import { ambiguityOf, readFields } from '@/server/http/request-fields'

export interface DmoveListener {
  readonly port: number
  /** Accepts no more, and lets requests under way finish. */
  close(): Promise<void>
}

interface Parts {
  ctx: Context
  metrics: Metrics
}

/**
 * The port for moves alone, to which release tools go by a repository's host name. Where another driver is configured,
 * everything but `/healthz` is passed on to it.
 */
export async function openDmove(
  { ctx, metrics }: Parts,
  place: { host: string; port: number },
): Promise<DmoveListener> {
  const traffic = metrics.traffic('dmove')
  const delivery = new Delivery({ log: ctx.log, traffic })
  const answerer = new DmoveAnswerer({ ctx })
  const base = ctx.env.ENTREPOT_DMOVE_UPSTREAM
  const upstream = base === undefined ? undefined : new DmoveUpstream({ base, log: ctx.log })
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    // A move may have to wait for its turn, or for another driver: nothing moves on the connection meanwhile.
    request.socket.setTimeout(0)
    const fault = ambiguityOf(readFields(request.rawHeaders))
    if (upstream !== undefined && fault === undefined && pathOf(request.url ?? '') !== '/healthz') {
      void upstream.pass(request, response).then((status) => countAnswer(traffic, status, 0))
      return
    }
    const asked = incomingOf(request, response)
    delivery.deliver(() => answer(answerer, asked, fault), response, unavailable)
  }
  const server = await openHttpServer({ ...place, bodies: { requestTimeout: limits.request } }, serve)
  return { port: server.port, close: () => server.close() }
}

function answer(answerer: DmoveAnswerer, asked: Incoming, fault: string | undefined): Eventually<Answer> {
  if (fault !== undefined) return textAnswer({ status: 400, text: `${fault}\n` })
  const path = pathOf(asked.target)
  if (path === '/dmove') return answerer.answer(asked)
  const isHealth = path === '/healthz'
  const page = isHealth
    ? textAnswer({ status: 200, text: 'ok\n' })
    : textAnswer({ status: 404, text: 'Moves are asked for with POST /dmove; nothing else is here.\n' })
  return asked.method === 'HEAD' ? withoutBody(page) : page
}

function pathOf(target: string): string {
  return target.replace(/\?.*$/s, '')
}

const unavailable = () =>
  textAnswer({ status: 503, text: 'This cannot be answered now.\n', headers: ['Retry-After', '10'] })
