import { type Answer, textAnswer, withoutBody } from '@/server/http/answer'
import { chain, type Eventually } from '@/server/http/eventually'
import type { RequestFields } from '@/server/http/request-fields'
import { NO_TEAM } from '@/server/mirror/download-counter'
import type { ContentFinder } from '@/server/mirror/find-content'
import { type FileServing, serveFile } from '@/server/mirror/serve-file'

interface ContentRequest {
  method: string
  /** What stands after `/files/sha256/`. */
  digest: string
  fields: RequestFields
}

interface Parts extends FileServing {
  contents: Pick<ContentFinder, 'find'>
}

const SHA256 = /^[0-9a-f]{64}$/

/**
 * Answers a request for a stored content by its digest.
 * @throws what database and storage throw.
 */
export function answerContent(
  { method, digest, fields }: ContentRequest,
  { contents, ...serving }: Parts,
): Eventually<Answer> {
  if (method !== 'GET' && method !== 'HEAD') {
    const text = 'Only GET and HEAD are answered here.\n'
    return textAnswer({ status: 405, text, headers: ['Allow', 'GET, HEAD'] })
  }
  if (!SHA256.test(digest))
    return notFound(method, 'A SHA-256 is written as 64 lower-case hexadecimal digits.\n')
  return chain(contents.find(digest), (found) =>
    found.state === 'stored'
      ? serveFile({ method, fields, team: NO_TEAM }, found, serving)
      : notFound(method, 'No stored file has this digest.\n'),
  )
}

function notFound(method: string, text: string): Answer {
  const answer = textAnswer({ status: 404, text })
  return method === 'HEAD' ? withoutBody(answer) : answer
}
