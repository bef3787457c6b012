import { HOT_BLOB_SIZE, type HotBlobs } from '@/server/blobs/hot-blobs'
import type { Answer } from '@/server/http/answer'
import type { Eventually } from '@/server/http/eventually'
import { represent } from '@/server/http/represent'
import type { RequestFields } from '@/server/http/request-fields'
import type { StoredFile } from '@/server/mirror/find-file'

export interface ServedAnswer extends Answer {
  /** The file whose bytes are served, and for whom: what is counted once they are sent. */
  served?: { fileId: string; team: string }
}

interface FileRequest {
  method: 'GET' | 'HEAD'
  fields: RequestFields
  /** Id of the team that the client speaks for. */
  team: string
}

/**
 * Answers a request with a stored file: a small one from memory, at once when it was asked for lately; a large one as a
 * slice of its blob.
 * @throws what storage throws.
 */
export function serveFile(
  request: FileRequest,
  file: StoredFile,
  hot: Pick<HotBlobs, 'get' | 'load'>,
): Eventually<ServedAnswer> {
  const { sha256, size } = file.representation
  if (size > HOT_BLOB_SIZE) return answerWith(request, file, undefined)
  const content = hot.get(sha256)
  if (content !== undefined || request.method === 'HEAD') return answerWith(request, file, content)
  return hot.load(sha256, size).then((loaded) => answerWith(request, file, loaded))
}

function answerWith(
  { method, fields, team }: FileRequest,
  { id, representation }: StoredFile,
  content: Buffer | undefined,
): ServedAnswer {
  const answer: ServedAnswer = represent({ method, fields, content }, representation)
  answer.served = { fileId: id, team }
  return answer
}
