import { HOT_BLOB_SIZE, type HotBlobs } from '@/server/blobs/hot-blobs'
import type { Answer } from '@/server/http/answer'
import type { Eventually } from '@/server/http/eventually'
import { represent } from '@/server/http/represent'
import type { RequestFields } from '@/server/http/request-fields'
import type { DownloadCounter } from '@/server/mirror/download-counter'
import type { StoredFile } from '@/server/mirror/find-file'

interface FileRequest {
  method: 'GET' | 'HEAD'
  fields: RequestFields
  /** Id of the team that the client speaks for. */
  team: string
}

export interface FileServing {
  hot: Pick<HotBlobs, 'get' | 'load'>
  downloads: Pick<DownloadCounter, 'add'>
}

/**
 * Answers a request with a stored file: a small one from memory, at once when it was asked for lately; a large one as a
 * slice of its blob. What is sent is counted.
 * @throws what storage throws.
 */
export function serveFile(
  request: FileRequest,
  file: StoredFile,
  { hot, downloads }: FileServing,
): Eventually<Answer> {
  const { key, size } = file.representation
  if (size > HOT_BLOB_SIZE) return answerWith(request, file, undefined, downloads)
  const content = hot.get(key)
  if (content !== undefined || request.method === 'HEAD') {
    return answerWith(request, file, content, downloads)
  }
  return hot.load(file.representation).then((loaded) => answerWith(request, file, loaded, downloads))
}

function answerWith(
  { method, fields, team }: FileRequest,
  { id, representation }: StoredFile,
  content: Buffer | undefined,
  downloads: FileServing['downloads'],
): Answer {
  const answer = represent({ method, fields, content }, representation)
  answer.sent = (bytes) => downloads.add({ id, team, bytes, reachedEnd: answer.reachesEnd })
  return answer
}
