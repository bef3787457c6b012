import { Readable } from 'node:stream'
import type { Answer, Slice } from '@/server/http/answer'

/** An answer as a Web response, for handlers that are mounted where there is no Node response. */
export function responseOf(answer: Answer): Response {
  const headers = new Headers()
  for (let index = 0; index + 1 < answer.headers.length; index += 2) {
    headers.append(answer.headers[index] as string, answer.headers[index + 1] as string)
  }
  return new Response(webBody(answer), { status: answer.status, headers })
}

function webBody({ body }: Answer): BodyInit | null {
  if (body === undefined) return null
  if (Buffer.isBuffer(body)) return new Uint8Array(body)
  return Readable.toWeb(Readable.from(readParts(body))) as ReadableStream
}

async function* readParts(parts: readonly (Buffer | Slice)[]): AsyncGenerator<Buffer> {
  for (const part of parts) {
    if (Buffer.isBuffer(part)) yield part
    else yield* await part.source.read(part.range)
  }
}
