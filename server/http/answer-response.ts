import { Readable } from 'node:stream'
import type { BlobStore } from '@/server/blobs/store'
import type { Answer, BlobSlice } from '@/server/http/answer'

/** An answer as a Web response, for handlers that are mounted where there is no Node response. */
export function responseOf(answer: Answer, blobs: Pick<BlobStore, 'read'>): Response {
  const headers = new Headers()
  for (let index = 0; index + 1 < answer.headers.length; index += 2) {
    headers.append(answer.headers[index] as string, answer.headers[index + 1] as string)
  }
  return new Response(webBody(answer, blobs), { status: answer.status, headers })
}

function webBody({ body }: Answer, blobs: Pick<BlobStore, 'read'>): BodyInit | null {
  if (body === undefined) return null
  if (Buffer.isBuffer(body)) return new Uint8Array(body)
  return Readable.toWeb(Readable.from(readParts(body, blobs))) as ReadableStream
}

async function* readParts(
  parts: readonly (Buffer | BlobSlice)[],
  blobs: Pick<BlobStore, 'read'>,
): AsyncGenerator<Buffer> {
  for (const part of parts) {
    if (Buffer.isBuffer(part)) yield part
    else yield* await blobs.read(part.sha256, part.range)
  }
}
