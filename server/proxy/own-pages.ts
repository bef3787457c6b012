import { X509Certificate } from 'node:crypto'
import type { Context } from '@/server/context'
import { proxyAddress, publicUrl } from '@/server/env'
import { preferredType } from '@/server/http/accept'
import { type Answer, textAnswer } from '@/server/http/answer'
import type { RequestFields } from '@/server/http/request-fields'
import { offeredCertificates } from '@/server/proxy/authority-store'
import { proxyAutoConfiguration } from '@/server/proxy/pac'
import { parseAuthority } from '@/server/proxy/target'

const PEM = 'application/x-x509-ca-cert'
/** RFC 2585 §4.1. */
const DER = 'application/pkix-cert'

/**
 * What a client needs before it can use the proxy: the certificates to trust and the proxy configuration, to be had from
 * every port in the same way.
 * @param target path and query.
 * @returns undefined for every other path.
 */
export async function ownPage(
  ctx: Context,
  target: string,
  fields: RequestFields,
): Promise<Answer | undefined> {
  const [pathname, query] = target.split('?', 2)
  if (pathname === '/ca.crt') {
    const isDer =
      new URLSearchParams(query).get('format') === 'der' || preferredType(fields.accept, [PEM, DER]) === DER
    return isDer ? derCertificate(ctx) : pemCertificates(ctx)
  }
  if (pathname === '/ca.der') return derCertificate(ctx)
  if (pathname === '/proxy.pac') return pac(ctx, fields)
  if (pathname === '/healthz') return textAnswer({ status: 200, text: 'ok\n' })
  return undefined
}

/** All certificates that may sign now, soon, or did lately: a client that trusts them sees no rotation. */
async function pemCertificates(ctx: Context): Promise<Answer> {
  return certificateAnswer(PEM, Buffer.from((await offeredCertificates(ctx)).join('')))
}

/** The one that signs now: this format holds no more than one. */
async function derCertificate(ctx: Context): Promise<Answer> {
  const [signing] = await offeredCertificates(ctx)
  return certificateAnswer(DER, signing === undefined ? Buffer.alloc(0) : new X509Certificate(signing).raw)
}

function certificateAnswer(type: string, body: Buffer): Answer {
  if (body.length === 0) {
    return textAnswer({
      status: 503,
      text: 'There is no certificate authority to offer.\n',
      headers: ['Retry-After', '60'],
    })
  }
  const name = type === PEM ? 'entrepot-ca.crt' : 'entrepot-ca.der'
  return {
    status: 200,
    headers: [
      ...['Content-Type', type, 'Content-Length', String(body.length), 'Cache-Control', 'no-cache'],
      ...['Content-Disposition', `attachment; filename="${name}"`, 'Vary', 'Accept'],
    ],
    body,
  }
}

/** Unless an operator said under which name clients reach us, it is the name under which this one just did. */
function pac(ctx: Context, { host }: RequestFields): Answer {
  const { env } = ctx
  const asked = host === undefined ? undefined : parseAuthority(host, 80)?.host
  const reached = asked?.includes(':') ? `[${asked}]` : asked
  const isNamed = env.ENTREPOT_PUBLIC_URL !== undefined || reached === undefined
  const proxy = isNamed ? proxyAddress(env) : `${reached}:${env.ENTREPOT_PROXY_PORT}`
  const direct = [new URL(publicUrl(env)).hostname, ...(reached === undefined ? [] : [reached])]
  return textAnswer({
    status: 200,
    type: 'application/x-ns-proxy-autoconfig',
    text: proxyAutoConfiguration({ proxy, direct: [...new Set(direct)] }),
  })
}
