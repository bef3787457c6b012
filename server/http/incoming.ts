import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { type RequestFields, readFields } from '@/server/http/request-fields'

/** A request, with its body still on the way. */
export interface Incoming {
  method: string
  /** Path and query as sent. */
  target: string
  fields: RequestFields
  /**
   * Asks for the body, where one is wanted: only then a client that waits for “100 Continue” sends it. It must not be
   * destroyed, for the answer goes out on the same connection.
   */
  body(): Readable
  /** Of the client's end of the connection. */
  address(): string | undefined
}

/** A request of a server that leaves “100 Continue” to its handlers. */
export function incomingOf(request: IncomingMessage, response: ServerResponse): Incoming {
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    fields: readFields(request.rawHeaders),
    body() {
      if (request.headers.expect !== undefined) response.writeContinue()
      // A rest that nobody wants is let through, so that the connection serves the next request.
      response.once('finish', () => request.resume())
      return request
    },
    address: () => request.socket.remoteAddress,
  }
}
