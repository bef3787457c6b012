import type { Context } from '@/server/context'
import { readiness } from '@/server/gateway/readiness'
import { type Answer, textAnswer, withoutBody } from '@/server/http/answer'
import type { Incoming } from '@/server/http/incoming'
import type { Metrics } from '@/server/http/metrics'
import { ownPage } from '@/server/proxy/own-pages'

interface Parts {
  ctx: Context
  metrics: Metrics
}

/** What clients need to begin, and what those who watch over the process ask for. */
export async function answerPage(parts: Parts, asked: Incoming): Promise<Answer> {
  const { method } = asked
  if (method !== 'GET' && method !== 'HEAD') {
    const text = 'Only GET and HEAD are answered here.\n'
    return textAnswer({ status: 405, text, headers: ['Allow', 'GET, HEAD'] })
  }
  const answer = await pageOf(parts, asked)
  return method === 'HEAD' ? withoutBody(answer) : answer
}

async function pageOf({ ctx, metrics }: Parts, { target, fields }: Incoming): Promise<Answer> {
  const path = target.replace(/\?.*$/s, '')
  if (path === '/readyz') return textAnswer(await readiness(ctx))
  if (path === '/metrics') {
    return textAnswer({ status: 200, text: await metrics.text(), type: metrics.contentType })
  }
  return (
    (await ownPage(ctx, target, fields)) ?? textAnswer({ status: 404, text: `There is no ${path} here.\n` })
  )
}
