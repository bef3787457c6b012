import type { Answer } from '@/server/http/answer'
import type { Eventually } from '@/server/http/eventually'
import type { Incoming } from '@/server/http/incoming'
import { readFields } from '@/server/http/request-fields'

interface Answered {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** Asks a handler as a client would, without a socket. */
export async function ask(
  handler: { answer(asked: Incoming): Eventually<Answer> },
  target: string,
  { method = 'GET', ...fields }: Record<string, string> = {},
): Promise<Answered> {
  const body = () => {
    throw new Error('this request has no body')
  }
  const raw = Object.entries(fields).flat()
  const answer = await handler.answer({
    ...{ method, target, fields: readFields(raw), body, address: () => '127.0.0.1' },
  })
  const headers: Record<string, string> = {}
  for (let index = 0; index < answer.headers.length; index += 2) {
    headers[(answer.headers[index] as string).toLowerCase()] = answer.headers[index + 1] as string
  }
  return { status: answer.status, headers, body: await bytesOf(answer) }
}

async function bytesOf({ body = Buffer.alloc(0) }: Answer): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body
  const parts = await Promise.all(
    body.map(async (part) =>
      Buffer.isBuffer(part) ? part : Buffer.concat(await (await part.source.read(part.range)).toArray()),
    ),
  )
  return Buffer.concat(parts)
}
