import type { Socket } from 'node:net'
import type { Context } from '@/server/context'
import { proxyAddress, publicUrl } from '@/server/env'
import { toAppError } from '@/server/errors'
import { type Answer, withoutBody } from '@/server/http/answer'
import type { Delivery } from '@/server/http/deliver'
import { chain, type Eventually } from '@/server/http/eventually'
import { ambiguityOf, type RequestFields, readFields } from '@/server/http/request-fields'
import type { NodeResponse } from '@/server/http/write-answer'
import type { UrlAnswerer } from '@/server/proxy/answer-url'
import { type TunnelState, tunnelOf } from '@/server/proxy/connect'
import type { ProxyCredentials } from '@/server/proxy/proxy-credentials'
import { refuse } from '@/server/proxy/refusal'
import { targetInTunnel } from '@/server/proxy/target'

/** What Node's requests of HTTP/1.1 and of HTTP/2 have in common. */
interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: string[]
  readonly socket: Socket
}

interface Parts {
  ctx: Context
  urls: Pick<UrlAnswerer, 'answer'>
  credentials: Pick<ProxyCredentials, 'identify'>
  delivery: Delivery
  /** Answers a path of the proxy port itself, if there is such a page. */
  ownPage(target: string, fields: RequestFields): Promise<Answer | undefined>
}

interface Asked {
  method: string
  target: string
  fields: RequestFields
  socket: Socket
}

/**
 * Answers the requests of the proxy port, through whichever protocol and tunnel they came. Where nothing has to be waited
 * for, the answer is written before `serve` returns.
 */
export class RequestServer {
  /** How URLs of Entrepôt itself begin: a client that is set up already asks for them through the proxy. */
  readonly #ownOrigins: string[]

  constructor(private readonly parts: Parts) {
    const { env } = parts.ctx
    this.#ownOrigins = [`${publicUrl(env)}/`, `http://${proxyAddress(env)}/`]
  }

  /** Never throws: what goes wrong is answered, or ends this one response. */
  serve(request: NodeRequest, response: NodeResponse): void {
    const { method = '', url: target = '', rawHeaders, socket } = request
    const asked = { method, target, fields: readFields(rawHeaders), socket }
    this.parts.delivery.deliver(
      () => this.#answer(asked),
      response,
      (error) => {
        const reason = toAppError(error).message
        return refuse(asked, { status: 503, code: 'unavailable', reason, retryAfter: 10 })
      },
    )
  }

  #answer(asked: Asked): Eventually<Answer> {
    const reason = ambiguityOf(asked.fields)
    if (reason !== undefined) return refuse(asked, { status: 400, code: 'malformed', reason })
    const state = tunnelOf(asked.socket)
    if (state !== undefined) return this.#answerInTunnel(asked, state)
    const path = this.#ownPath(asked.target)
    if (path !== undefined) return this.#answerItself(asked, path)
    return chain(this.parts.credentials.identify(asked.fields.proxyAuthorization), (identity) =>
      'refusal' in identity
        ? refuse(asked, identity.refusal)
        : this.#answerUrl(asked, asked.target, identity.team),
    )
  }

  #answerInTunnel(asked: Asked, { tunnel, team }: TunnelState): Eventually<Answer> {
    const target = targetInTunnel(asked.target, asked.fields, tunnel)
    if ('url' in target) return this.#answerUrl(asked, target.url, team)
    const status = target.fault === 'misdirected' ? 421 : 400
    return refuse(asked, { status, code: target.fault, reason: target.reason })
  }

  #answerUrl({ method, fields, socket }: Asked, url: string, team: string): Eventually<Answer> {
    return this.parts.urls.answer({ method, url, fields, team, address: () => socket.remoteAddress })
  }

  /** The path of a request that is for Entrepôt and not for a site; undefined for all others. */
  #ownPath(target: string): string | undefined {
    if (target.startsWith('/') || target === '*') return target
    const origin = this.#ownOrigins.find((own) => target.startsWith(own))
    return origin === undefined ? undefined : target.slice(origin.length - 1)
  }

  async #answerItself(asked: Asked, path: string): Promise<Answer> {
    const isRead = asked.method === 'GET' || asked.method === 'HEAD'
    const page = isRead ? await this.parts.ownPage(path, asked.fields) : undefined
    if (page !== undefined) return asked.method === 'HEAD' ? withoutBody(page) : page
    const address = proxyAddress(this.parts.ctx.env)
    return refuse(asked, {
      status: 421,
      code: 'not_a_site',
      reason: `This is a proxy, not a site: set http_proxy and https_proxy to http://${address} and ask for the URL you need. What clients must trust is at /ca.crt.`,
    })
  }
}
