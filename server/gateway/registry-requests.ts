import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { type RequestFields, readFields } from '@/server/http/request-fields'
import type { RegistryRequest } from '@/server/oci/request'

/** A request of the gateway's own listener, for the registry. */
export function registryRequestOfNode(
  request: IncomingMessage,
  response: ServerResponse,
  fields: RequestFields,
): RegistryRequest {
  const { method = '', url = '', socket } = request
  return {
    method,
    target: url,
    fields,
    body() {
      if (request.headers.expect !== undefined) response.writeContinue()
      // A rest that nobody wants is let through, so that the connection serves the next request.
      response.once('finish', () => request.resume())
      // What fails to be stored ends its reading, and not the connection: the client must hear why.
      const chunks = request.iterator({ destroyOnReturn: false })
      return Readable.from(chunks, { objectMode: false, highWaterMark: 256 * 1024 })
    },
    address: () => socket.remoteAddress,
  }
}

/** A request of the portal's mount, for the registry. The web server has written its peer into X-Forwarded-For. */
export function registryRequestOfWeb(request: Request): RegistryRequest {
  const { method, url, headers } = request
  const { pathname, search } = new URL(url)
  const fields = readFields([...headers].flat())
  const chain = (fields.forwardedFor ?? '').split(',').map((entry) => entry.trim())
  const peer = chain.pop()
  return {
    method,
    target: pathname + search,
    fields: { ...fields, forwardedFor: chain.join(', ') },
    body: () => (request.body === null ? Readable.from([]) : Readable.fromWeb(request.body as NodeStream)),
    address: () => peer,
  }
}
