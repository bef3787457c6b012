import type { Readable } from 'node:stream'
import type { RequestFields } from '@/server/http/request-fields'

/** A request to the registry, however it came. */
export interface RegistryRequest {
  method: string
  /** Path and query as sent, beginning with `/v2/`. */
  target: string
  fields: RequestFields
  /** Asks for the body, where one is wanted: only then a client that waits for “100 Continue” sends it. */
  body(): Readable
  /** Of the client's end of the connection. */
  address(): string | undefined
}
