import { Readable } from 'node:stream'
import type { Answer } from '@/server/http/answer'
import type { Incoming } from '@/server/http/incoming'
import { answerToken } from '@/server/oci/access/token-service'
import { VERSION } from '@/server/oci/answers'

/** `/v2/token`: the token service, which speaks in Web requests, for the registry's own form of them. */
export async function answerTokenRequest(
  parts: Parameters<typeof answerToken>[0],
  { method, target, fields, body, address }: Incoming,
): Promise<Answer> {
  const names = {
    host: fields.host ?? fields.authority,
    authorization: fields.authorization,
    'content-type': fields.contentType,
    'content-length': fields.contentLength,
    'x-forwarded-for': fields.forwardedFor,
    'x-forwarded-host': fields.forwardedHost,
    'x-forwarded-proto': fields.forwardedProto,
  }
  const headers = new Headers()
  for (const [name, value] of Object.entries(names)) if (value !== undefined) headers.set(name, value)
  const form =
    method === 'POST' ? { body: Readable.toWeb(body()) as ReadableStream, duplex: 'half' as const } : {}
  const request = new Request(new URL(target, 'http://registry.invalid'), {
    method: method === 'POST' ? 'POST' : 'GET',
    headers,
    ...form,
  })
  const response = await answerToken(parts, request, address() ?? 'unknown')
  const content = Buffer.from(await response.arrayBuffer())
  return {
    status: response.status,
    headers: [...VERSION, ...[...response.headers].flat(), 'Content-Length', String(content.length)],
    body: content,
  }
}
